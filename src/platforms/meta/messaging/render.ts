import { ledger } from "../../../core/adaptation.ts";
import { isObject, pointerStep } from "../../../core/json.ts";
import type { Content } from "../../../core/message.ts";
import type { RenderContext, Rendering } from "../../../core/platform.ts";
import type { Dialect } from "./dialect.ts";
import { callsOf, type Draft } from "./draft.ts";
import { drawInteractive, type Impossible } from "./interactive.ts";
import { drawPlain } from "./plain-content.ts";
import { drawReaction } from "./reaction.ts";
import type { Attachment } from "./wire.ts";

/** The calls that show a message on a platform of the Send API, and what had to change for it. */
export function renderIn(dialect: Dialect, content: Content, context: RenderContext): Rendering {
  if ("reaction" in content) {
    const drawn = drawReaction(content.reaction.emoji, context, dialect);
    if ("reason" in drawn) return impossible(drawn, dialect);
    return { calls: [drawn.call], adaptation: ledger([]), choices: [] };
  }
  const drawing =
    "interactive" in content
      ? drawInteractive(content.interactive, context, dialect)
      : drawPlain(content, dialect);
  if ("reason" in drawing) return impossible(drawing, dialect);
  const { drafts, steps, choices } = drawing;
  if (drafts.some(isBlank)) {
    const reason = `${dialect.title} takes no text or label that is only white space.`;
    return impossible({ path: blankIn(content, "/content") ?? "/content", reason }, dialect, "blank");
  }
  return {
    calls: callsOf(drafts, context, dialect),
    adaptation: ledger(steps),
    choices: choices ?? [],
  };
}

function impossible(
  { path, reason }: Impossible,
  { title }: Dialect,
  rule = `not_on_${title.toLowerCase()}`,
): Rendering {
  const step = { path, rule, did: reason, lost: "the whole message." };
  return { calls: [], adaptation: { fidelity: "impossible", steps: [step] }, choices: [] };
}

/** Ids may be anything; every other text is shown. */
const unseen = new Set(["id", "link"]);

/** Where the first text stands that shows nothing. */
function blankIn(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? path : undefined;
  if (!Array.isArray(value) && !isObject(value)) return undefined;
  const fields = Object.entries(value).filter(([key]) => !unseen.has(key));
  return fields.map(([key, inner]) => blankIn(inner, path + pointerStep(key))).find((found) => found);
}

function isBlank({ message }: Draft): boolean {
  const texts = [message.text, ...(message.quick_replies ?? []).map(({ title }) => title)];
  return [...texts, ...textsOf(message.attachment)].some((text) => text?.trim() === "");
}

function textsOf(attachment: Attachment | undefined): (string | undefined)[] {
  if (attachment?.type !== "template") return [];
  const { payload } = attachment;
  if (payload.template_type === "button") return [payload.text, ...payload.buttons.map(({ title }) => title)];
  return payload.elements.flatMap(({ title, subtitle, buttons = [] }) => [
    title,
    subtitle,
    ...buttons.map((button) => button.title),
  ]);
}
