import { nameOf } from "./field-problems.ts";
import type { FieldProblem } from "./problem.ts";
import type { Form } from "./shape.ts";

/** Whether any platform could carry a text: no NUL, no half of a surrogate pair. */
export function isCarried(value: string): boolean {
  return value.isWellFormed() && !value.includes("\0");
}

/** The problem of a text that holds NUL or half of a surrogate pair; undefined where it holds neither. */
export function badCharacters(value: string, pointer: string): FieldProblem[] | undefined {
  if (isCarried(value)) return undefined;
  const message = `${nameOf(pointer)} holds a character that no platform can carry: NUL or half of a surrogate pair.`;
  return [
    {
      pointer,
      rule: "characters",
      message,
      hint: "Remove it; cut texts between characters, not code units.",
    },
  ];
}

const forms: Record<Form, { holds: (value: string) => boolean; must: string; hint: string }> = {
  filled: {
    holds: (value) => value.trim() !== "",
    must: "must hold more than white space",
    hint: "Fill it in.",
  },
  trimmed: {
    holds: (value) => value === value.trim(),
    must: "must not begin or end with white space",
    hint: "Trim it.",
  },
  https_url: {
    holds: (value) => isUrl(value, ["https:"]),
    must: "must be an absolute https URL",
    hint: "Use a public address that starts with https://.",
  },
  web_url: {
    holds: (value) => isUrl(value, ["https:", "http:"]),
    must: "must be an absolute https or http URL",
    hint: "Start it with https:// and encode spaces.",
  },
  emoji: {
    holds: (value) => value === "" || /^\p{RGI_Emoji}$/v.test(value),
    must: "must be one emoji, or empty to take the reaction back",
    hint: "Send a single emoji such as 👍.",
  },
  no_emoji: {
    holds: (value) => !/\p{Extended_Pictographic}/u.test(value),
    must: "must not hold an emoji",
    hint: "Use words.",
  },
};

/** Whether a text is of its form. */
export function isFormed(form: Form, value: string): boolean {
  return forms[form].holds(value);
}

/** The problem of a text that is not of its form, or none. */
export function checkForm(form: Form, value: string, pointer: string): FieldProblem[] {
  if (form === "filled" && value === "") return [emptyString(pointer)];
  if (isFormed(form, value)) return [];
  const { must, hint } = forms[form];
  return [{ pointer, rule: form, actual: value.slice(0, 80), message: `${nameOf(pointer)} ${must}.`, hint }];
}

function emptyString(pointer: string): FieldProblem {
  const size = { limit: 1, actual: 0, unit: "code_points" as const };
  return {
    pointer,
    rule: "min_length",
    ...size,
    message: `${nameOf(pointer)} is empty.`,
    hint: "Fill it in.",
  };
}

function isUrl(value: string, protocols: string[]): boolean {
  if (/\s/.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return protocols.includes(url.protocol) && /^https?:\/\//i.test(value) && url.hostname !== "";
}
