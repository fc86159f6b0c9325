import { plain } from "../../../src/core/marked.ts";
import type { Place } from "../../../src/core/message.ts";
import type { Bubble, Contact, Media, MediaType, Part } from "../phones/screen.ts";
import { texts } from "../texts/texts.ts";
import { summaryOf, typeName } from "./summary.ts";

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const files: readonly string[] = ["image", "video", "audio", "document", "sticker"] satisfies MediaType[];

interface Said {
  id: string;
  status: string;
  content: Fields;
  at?: number;
}

/** What a person sent, as it stands on their own screen. */
export function personBubble({ id, status, content, at }: Said): Bubble {
  return {
    id,
    from: "person",
    parts: partsOf(content),
    ...(at !== undefined && { at }),
    ...(status === "edited" && { edited: true }),
  };
}

function partsOf(content: Fields): Part[] {
  const type = text(content.type) ?? "";
  const value = content[type];
  if (type === "deleted" || type === "erased") return [words(texts.messages.types[type])];
  if (files.includes(type)) return mediaParts(type as MediaType, fields(value));
  if (type === "location") return [{ kind: "place", place: value as Place }];
  if (type === "contacts" && Array.isArray(value))
    return [{ kind: "contacts", contacts: value.map(contactOf) }];
  return [words(summaryOf(content) === "" ? `(${typeName(type)})` : saying(content))];
}

const words = (said: string): Part => ({ kind: "text", text: plain(said) });

/** A text keeps its lines. */
function saying(content: Fields): string {
  return text(fields(content.text).body) ?? summaryOf(content);
}

function mediaParts(type: MediaType, value: Fields): Part[] {
  const filename = text(value.filename);
  const media: Media = {
    type: value.voice === true ? "voice" : type,
    ...(filename !== undefined && { filename }),
  };
  const caption = text(value.caption);
  return [{ kind: "media", media }, ...(caption === undefined ? [] : [words(caption)])];
}

function contactOf(card: unknown): Contact {
  const { name, phones } = fields(card);
  return {
    name: text(fields(name).formatted_name) ?? "",
    phones: Array.isArray(phones) ? phones.flatMap((one) => text(fields(one).phone) ?? []) : [],
  };
}
