import type { Step } from "../../../core/adaptation.ts";
import { asJson, type JsonObject } from "../../../core/json.ts";
import { links } from "../../../core/link.ts";
import { plain } from "../../../core/marked.ts";
import type { Choice } from "../../../core/message.ts";
import type { Call, RenderContext } from "../../../core/platform.ts";
import { split } from "../../../core/split.ts";
import { measure } from "../../../core/text.ts";
import type { Dialect } from "./dialect.ts";
import { writeMetadata } from "./payload.ts";
import type { Button, Message, QuickReply, SendBody } from "./wire.ts";

/** A message before it knows its recipient, its quote and its place among the others. */
export interface Draft {
  message: Message;
  part: string;
}

/** What a message comes to: the drafts in order, what was changed, and what can be picked. */
export interface Drawing {
  drafts: Draft[];
  steps: Step[];
  choices?: Choice[];
}

/** What stands under a text: a template's buttons stay, quick replies vanish when one is tapped. */
export type Controls = { buttons: Button[] } | { quickReplies: QuickReply[] };

interface TextPlace {
  /** JSON pointer of the text. */
  path: string;
  part: string;
  /** Rides on the last part. */
  controls?: Controls;
}

/** One message, or as many as the text needs. */
export function textDrawing(text: string, { path, part, controls }: TextPlace, dialect: Dialect): Drawing {
  const buttons = controls !== undefined && "buttons" in controls ? controls.buttons : undefined;
  const parts = buttons ? partsWithTemplate(text, dialect) : partsOf(text, dialect);
  // Where nothing is left for the template, because the text ends with a link too long for it, a label stands there.
  const label = parts.at(-1) === "" ? buttons?.[0]?.title : undefined;
  const texts = label === undefined ? parts : parts.slice(0, -1);
  const isLast = (index: number) => label === undefined && index === texts.length - 1;
  const drafts = texts.map((each, index) => ({
    message: isLast(index) ? messageOf(each, controls) : { text: each },
    part: texts.length > 1 ? `text ${index + 1}/${texts.length}` : part,
  }));
  return inOrder([
    { drafts, steps: [] },
    texts.length > 1 ? lengthNote(texts.length, path, buttons !== undefined, dialect) : told(),
    label === undefined ? told() : labelDrawing(label, path, controls),
    linkNote(text, path, dialect),
  ]);
}

function labelDrawing(label: string, path: string, controls?: Controls): Drawing {
  const did = `Repeated the label “${label}” above the buttons: the text ends in a link that is too long to stand there.`;
  const drafts = [{ message: messageOf(label, controls), part: "buttons" }];
  return inOrder([{ drafts, steps: [] }, told({ path, rule: "added", did })]);
}

function lengthNote(count: number, path: string, inTemplate: boolean, dialect: Dialect): Drawing {
  const limits = inTemplate ? dialect.maxTemplateText : [dialect.maxText];
  const holder = inTemplate ? "a text with buttons under it" : `a message on ${dialect.title}`;
  const sizes = limits.map(({ max, unit }) => `${max} ${unit === "bytes" ? "bytes" : "characters"}`);
  const did = `Sent the text in ${count} parts: ${holder} holds ${sizes.join(" and ")}.`;
  return told({ path, rule: "text_length", did });
}

function linkNote(text: string, path: string, { title, maxText }: Dialect): Drawing {
  const sizes = links(text).map(({ start, end }) => measure(text.slice(start, end), maxText.unit));
  if (sizes.every((size) => size <= maxText.max)) return told();
  const did = `Cut a link that is longer than a message on ${title}.`;
  return told({ path, rule: "link_length", did, lost: "the link, which opens only whole." });
}

function messageOf(text: string, controls?: Controls): Message {
  if (controls === undefined) return { text };
  if ("quickReplies" in controls) return { text, quick_replies: controls.quickReplies };
  const payload = { template_type: "button" as const, text, buttons: controls.buttons };
  return { attachment: { type: "template", payload } };
}

function partsOf(text: string, { maxText }: Dialect): string[] {
  return split(plain(text), maxText).map((part) => part.text);
}

/** The last part is what a template's text holds, perhaps nothing; what stands before it goes in whole messages. */
function partsWithTemplate(text: string, dialect: Dialect): string[] {
  const parts = partsOf(text, dialect);
  const last = parts.at(-1)!;
  const cut = templateStart(last, dialect);
  const head = last.slice(0, cut).trimEnd();
  return [...parts.slice(0, -1), ...(head === "" ? [] : [head]), last.slice(cut).trimStart()];
}

/** Where in a text the part begins that a template holds: never inside a link. */
function templateStart(text: string, { maxTemplateText }: Dialect): number {
  const tail = maxTemplateText.reduce((rest, limit) => split(plain(rest), limit).at(-1)!.text, text);
  const start = text.length - tail.length;
  return links(text).find((link) => link.start < start && start < link.end)?.end ?? start;
}

/** Whether a text goes into a button template whole. */
export function fitsTemplate(text: string, { maxTemplateText }: Dialect): boolean {
  return maxTemplateText.every(({ max, unit }) => measure(text, unit) <= max);
}

/** The drawings one after the other, as one. */
export function inOrder(drawings: readonly Drawing[]): Drawing {
  return {
    drafts: drawings.flatMap(({ drafts }) => drafts),
    steps: drawings.flatMap(({ steps }) => steps),
    choices: drawings.flatMap(({ choices }) => choices ?? []),
  };
}

/** Steps alone, to stand among drawings. */
export function told(...steps: Step[]): Drawing {
  return { drafts: [], steps };
}

/** The calls: all to one person, the first with the quote. */
export function callsOf(drafts: readonly Draft[], context: RenderContext, dialect: Dialect): Call[] {
  const quote = context.quotes === undefined ? undefined : { mid: context.quotes };
  return drafts.map(({ message, part }, index) =>
    callOf(
      {
        recipient: { id: context.to },
        ...messagingType(context),
        message: dialect.echoesMetadata
          ? {
              ...message,
              metadata: writeMetadata({ token: context.token, ...(drafts.length > 1 && { call: index }) }),
            }
          : message,
        ...(index === 0 && quote && { reply_to: quote }),
      },
      part,
    ),
  );
}

export function callOf(body: SendBody, part: string): Call {
  return { method: "POST", path: "/messages", body: asJson(body) as JsonObject, part };
}

/** The tag is for what a human writes after the window; inside it Meta wants none, and never one on a bot's message. */
function messagingType({ origin, isWindowClosed }: RenderContext) {
  return origin === "human" && isWindowClosed
    ? { messaging_type: "MESSAGE_TAG" as const, tag: "HUMAN_AGENT" as const }
    : { messaging_type: "RESPONSE" as const };
}
