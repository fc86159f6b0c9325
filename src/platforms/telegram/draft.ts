import type { Step } from "../../core/adaptation.ts";
import { asJson, type JsonObject } from "../../core/json.ts";
import { type Marked, trim } from "../../core/marked.ts";
import type { Choice, Media } from "../../core/message.ts";
import type { Call, RenderContext } from "../../core/platform.ts";
import type { FieldProblem } from "../../core/problem.ts";
import { split } from "../../core/split.ts";
import { codePoints } from "../../core/text.ts";
import { readPlatformId } from "./message-id.ts";
import { uploadOf } from "./upload.ts";
import type { MessageEntity, ReplyMarkup } from "./wire.ts";

/** A call before it knows its chat, its quote and its place among the others. */
export interface Draft {
  method: string;
  /** Fields that are undefined do not go out. */
  body: Record<string, unknown>;
  part: string;
}

/** What a message comes to: the calls in order, what was changed, and what can be picked. */
export interface Drawing {
  drafts: Draft[];
  steps: Step[];
  choices?: Choice[];
  warnings?: FieldProblem[];
}

/** Code points of a text message. https://core.telegram.org/bots/api#sendmessage, read 2026-11-21. */
export const maxTextCodePoints = 4096;
/** Code points of a caption. https://core.telegram.org/bots/api#sendphoto, read 2026-11-21. */
export const maxCaptionCodePoints = 1024;

const entityTypes = {
  bold: "bold",
  italic: "italic",
  strike: "strikethrough",
  code: "code",
  mono: "pre",
} as const;

/** Never parse_mode: entities cannot be malformed, and their offsets are those of JavaScript. */
function entitiesOf({ spans }: Marked): MessageEntity[] | undefined {
  if (spans.length === 0) return undefined;
  return spans.map(({ start, end, style }) => ({
    type: entityTypes[style],
    offset: start,
    length: end - start,
  }));
}

interface TextPlace {
  /** JSON pointer of the text. */
  path: string;
  part: string;
  /** Rides on the last part. */
  replyMarkup?: ReplyMarkup;
  /** Links unfold into a preview only when asked for, as on WhatsApp. */
  preview?: boolean;
}

/** One sendMessage, or as many as the text needs. */
export function textDrawing(marked: Marked, { path, part, replyMarkup, preview }: TextPlace): Drawing {
  const parts = split(marked, { max: maxTextCodePoints, unit: "code_points" });
  const drafts = parts.map((each, index) => ({
    method: "sendMessage",
    part: parts.length > 1 ? `text ${index + 1}/${parts.length}` : part,
    body: {
      text: each.text,
      entities: entitiesOf(each),
      link_preview_options: { is_disabled: preview !== true },
      reply_markup: index === parts.length - 1 ? replyMarkup : undefined,
    },
  }));
  if (parts.length === 1) return { drafts, steps: [] };
  const did = `Sent the text in ${parts.length} parts: a Telegram message holds ${maxTextCodePoints} characters.`;
  return { drafts, steps: [{ path, rule: "text_length", did }] };
}

export type FileKind = "photo" | "video" | "document";
const fileMethods = { photo: "sendPhoto", video: "sendVideo", document: "sendDocument" } as const;

/** A file with its text as the caption; where the text is too long, the file and then the text. */
export function fileDrawing(
  kind: FileKind,
  media: Media,
  marked: Marked,
  { path, part, replyMarkup }: TextPlace,
): Drawing {
  const method = fileMethods[kind];
  const file = { [kind]: media.link ?? media.id };
  const caption = trim(marked);
  if (codePoints(caption.text) > maxCaptionCodePoints) {
    const text = textDrawing(caption, { path, part, replyMarkup });
    const did = `Sent the ${kind} first and the text after it: a caption holds ${maxCaptionCodePoints} characters.`;
    return {
      drafts: [{ method, part: "media", body: file }, ...text.drafts],
      steps: [{ path, rule: "caption_length", did }, ...text.steps],
    };
  }
  const body = {
    ...file,
    caption: caption.text || undefined,
    caption_entities: entitiesOf(caption),
    reply_markup: replyMarkup,
  };
  return { drafts: [{ method, part, body }], steps: [] };
}

/** The drawings one after the other, as one. */
export function inOrder(drawings: readonly Drawing[]): Drawing {
  return {
    drafts: drawings.flatMap(({ drafts }) => drafts),
    steps: drawings.flatMap(({ steps }) => steps),
    choices: drawings.flatMap(({ choices }) => choices ?? []),
    warnings: drawings.flatMap(({ warnings }) => warnings ?? []),
  };
}

/** The calls: all to one chat, the first with the quote, those after it silent. */
export function callsOf(drafts: readonly Draft[], context: RenderContext): Call[] {
  const quoted = context.quotes === undefined ? undefined : readPlatformId(context.quotes);
  const quote = quoted && { message_id: quoted.messageId, allow_sending_without_reply: true };
  return drafts.map(({ method, body, part }, index) => ({
    method: "POST",
    path: `/bot/${method}`,
    body: asJson({
      chat_id: chatIdOf(context.to),
      ...body,
      reply_parameters: index === 0 ? quote : undefined,
      disable_notification: index > 0 ? true : undefined,
    }) as JsonObject,
    part,
    ...uploadOf(method, body),
  }));
}

/** A number, or the @username of a channel. */
export function chatIdOf(to: string): number | string {
  return to.startsWith("@") ? to : Number(to);
}
