import { ledger, type Step } from "../../core/adaptation.ts";
import type { JsonObject } from "../../core/json.ts";
import {
  type Choice,
  type Content,
  contentType,
  type Interactive,
  type ListInteractive,
  type ListSection,
} from "../../core/message.ts";
import type { RenderContext, Rendering } from "../../core/platform.ts";
import type { FieldProblem } from "../../core/problem.ts";
import { isUserId } from "./address.ts";
import { choicesOf } from "./choices.ts";
import type { SendBody } from "./wire.ts";

/** Draws a message: one call, in the shape that the canonical message has already. */
export function render(content: Content, context: RenderContext): Rendering {
  const { drawn, steps, refusal } = adapt(content);
  if (refusal) return { calls: [], adaptation: { fidelity: "impossible", steps: [refusal] }, choices: [] };
  const choices: Choice[] = "interactive" in drawn ? choicesOf(drawn.interactive) : [];
  const body = bodyOf(drawn, context) as unknown as JsonObject;
  const call = { method: "POST" as const, path: "/messages", body, part: "message" };
  const warnings = abroad(content, context.to);
  const rendering = { calls: [call], adaptation: ledger(steps), choices };
  return warnings.length > 0 ? { ...rendering, warnings } : rendering;
}

/**
 * An address form is for numbers of the country that it names, and only India has one: elsewhere it is dropped with
 * the status 1026, "Receiver incapable" (address messages, Meta, read 2026-11-21).
 */
function abroad(content: Content, to: string): FieldProblem[] {
  const isForm = "interactive" in content && content.interactive.type === "address_message";
  if (!isForm || !to.startsWith("+") || to.startsWith("+91")) return [];
  const message = "An address form reaches only numbers of India (+91); WhatsApp may drop it here.";
  return [{ pointer: "/to", rule: "country", message, hint: "Ask for the address in a text." }];
}

function bodyOf(content: Content, context: RenderContext): SendBody {
  const type = contentType(content);
  const isReaction = "reaction" in content;
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    ...(isUserId(context.to) ? { recipient: context.to } : { to: context.to }),
    type,
    ...(isReaction ? reactionTo(content, context) : content),
    ...(context.quotes && !isReaction && { context: { message_id: context.quotes } }),
    biz_opaque_callback_data: context.token,
  };
}

/** A reaction names its target in its own object, by the platform's id. */
function reactionTo(
  { reaction }: Extract<Content, { reaction: unknown }>,
  { quotes }: RenderContext,
): Content {
  return { reaction: { message_id: quotes ?? reaction.message_id, emoji: reaction.emoji } };
}

interface Adapted {
  drawn: Content;
  steps: Step[];
  refusal?: Step;
}

function adapt(content: Content): Adapted {
  if (!("interactive" in content) || content.interactive.type !== "list")
    return { drawn: content, steps: [] };
  return adaptList(content.interactive);
}

const sectionsAt = "/content/interactive/action/sections";

/** WhatsApp wants a title on every section as soon as there are two. */
function adaptList(list: ListInteractive): Adapted {
  const { sections } = list.action;
  const merged = mergeUntitled(sections);
  const drawn: Interactive = { ...list, action: { ...list.action, sections: merged } };
  const steps: Step[] = [];
  if (merged.length < sections.length) {
    const did = "Neighbouring sections without a title were put together into one.";
    steps.push({ path: sectionsAt, rule: "untitled_sections", did });
  }
  const untitled = merged.length > 1 ? sections.findIndex((section) => section.title === undefined) : -1;
  if (untitled < 0) return { drawn: { interactive: drawn }, steps };
  const refusal = {
    path: `${sectionsAt}/${untitled}/title`,
    rule: "section_title",
    did: "WhatsApp takes several sections only if each has a title, and this one has none.",
    lost: "the list",
  };
  return { drawn: { interactive: drawn }, steps, refusal };
}

function mergeUntitled(sections: ListSection[]): ListSection[] {
  const merged: ListSection[] = [];
  for (const section of sections) {
    const last = merged.at(-1);
    if (last && last.title === undefined && section.title === undefined) {
      merged[merged.length - 1] = { rows: [...last.rows, ...section.rows] };
    } else merged.push(section);
  }
  return merged;
}
