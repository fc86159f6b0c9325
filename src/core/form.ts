import { nameOf } from "./field-problems.ts";
import type { FieldProblem } from "./problem.ts";
import type { Form } from "./shape.ts";

/** The problem of a text that holds NUL or half of a surrogate pair; undefined where it holds neither. */
export function badCharacters(value: string, pointer: string): FieldProblem[] | undefined {
  if (value.isWellFormed() && !value.includes("\0")) return undefined;
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

const forms: Record<
  Exclude<Form, "filled">,
  { holds: (value: string) => boolean; must: string; hint: string }
> = {
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
    holds: isEmoji,
    must: "must be one emoji, or empty to take the reaction back",
    hint: "Send a single emoji such as 👍.",
  },
};

/** The problem of a text that is not of its form, or none. */
export function checkForm(form: Form, value: string, pointer: string): FieldProblem[] {
  if (form === "filled") return value === "" ? [emptyString(pointer)] : [];
  const { holds, must, hint } = forms[form];
  if (holds(value)) return [];
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

function isEmoji(value: string): boolean {
  if (value === "") return true;
  const graphemes = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(value)];
  return graphemes.length === 1 && /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(value);
}
