import { ledger } from "../../core/adaptation.ts";
import { isObject } from "../../core/json.ts";
import type { Content } from "../../core/message.ts";
import type { RenderContext, Rendering } from "../../core/platform.ts";
import { callsOf, type Draft, type Drawing } from "./draft.ts";
import { drawInteractive, type Impossible } from "./interactive.ts";
import { readPlatformId } from "./message-id.ts";
import { drawPlain } from "./plain-content.ts";
import { drawReaction } from "./reaction.ts";

/** The calls that show a message on Telegram, and what had to change for it. */
export function render(content: Content, context: RenderContext): Rendering {
  if ("reaction" in content) {
    const drawn = drawReaction(content.reaction.emoji, context);
    return "call" in drawn ? { calls: [drawn.call], adaptation: ledger([]), choices: [] } : impossible(drawn);
  }
  const drawing =
    "interactive" in content ? drawInteractive(content.interactive, context) : drawPlain(content);
  if ("reason" in drawing) return impossible(drawing);
  if (drawing.drafts.some(isBlank))
    return impossible({
      path: "/content",
      reason: "Telegram shows no text or label that is only white space.",
    });
  return rendering(drawing, context);
}

function rendering({ drafts, steps, choices, warnings }: Drawing, context: RenderContext): Rendering {
  const did = "Left out the quote: the quoted message has no number on Telegram.";
  const unquoted = context.quotes !== undefined && readPlatformId(context.quotes) === undefined;
  const quote = unquoted ? [{ path: "/context/message_id", rule: "no_quote", did }] : [];
  return {
    calls: callsOf(drafts, context),
    adaptation: ledger([...steps, ...quote]),
    choices: choices ?? [],
    ...(warnings?.length ? { warnings } : {}),
  };
}

function impossible({ path, reason }: Impossible): Rendering {
  const step = { path, rule: "not_on_telegram", did: reason, lost: "the whole message." };
  return { calls: [], adaptation: { fidelity: "impossible", steps: [step] }, choices: [] };
}

/** Telegram refuses a blank text, and leaves a blank button out without a word. */
function isBlank({ method, body }: Draft): boolean {
  const text = method === "sendMessage" ? body.text : method === "sendPoll" ? body.question : undefined;
  return isWhiteSpace(text) || hasBlankLabel(body.options) || hasBlankLabel(body.reply_markup);
}

/** By any `text` in a keyboard or among a poll's options. */
function hasBlankLabel(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasBlankLabel);
  if (!isObject(value)) return false;
  return "text" in value ? isWhiteSpace(value.text) : Object.values(value).some(hasBlankLabel);
}

function isWhiteSpace(text: unknown): boolean {
  return typeof text === "string" && text.trim() === "";
}
