import { isObject } from "../../../core/json.ts";
import type { InboundContent } from "../../../core/message.ts";
import { type Fields, idOf, objectOf, textOf } from "../read.ts";
import { plain, referralOf } from "./referral.ts";

/** Meta's names of files that are the contact's own, and ours. */
const mediaTypes: Record<string, string> = {
  image: "image",
  video: "video",
  audio: "audio",
  file: "document",
  sticker: "sticker",
};
const isMedia = (type: string) => Object.values(mediaTypes).includes(type);

/**
 * What a message holds. One file is a message of its type, its text the caption; anything else is a text with
 * `attachments` beside it, or `attachments` alone: each of them again a type and the object of that name.
 */
export function contentOf(message: Fields): InboundContent | undefined {
  const content = bodyOf(textOf(message, "text"), attachmentsOf(message));
  const referral = referralOf(message.referral);
  if (!content) return referral && { type: "referral", referral };
  return { ...content, ...(referral && { referral }) };
}

/** Told where Meta tells only that something came, with whatever it tells all the same. */
export function unsupportedOf(message: Fields): InboundContent {
  const body = textOf(message, "text");
  return {
    type: "unsupported",
    unsupported: {},
    ...(body !== undefined && { text: { body } }),
    ...besideOf(message),
  };
}

export interface Beside {
  attachments?: InboundContent[];
  referral?: Fields;
}

/** What else comes with a tap: a file, the story that was answered, where the contact came from. */
export function besideOf(message: Fields): Beside {
  const attachments = attachmentsOf(message);
  const referral = referralOf(message.referral);
  return { ...(attachments.length > 0 && { attachments }), ...(referral && { referral }) };
}

function bodyOf(body: string | undefined, attachments: InboundContent[]): InboundContent | undefined {
  const [first, ...more] = attachments;
  if (!first) return body === undefined ? undefined : { type: "text", text: { body } };
  const isOne = more.length === 0;
  if (isOne && body === undefined) return first;
  if (isOne && isMedia(first.type) && isObject(first[first.type])) {
    return { type: first.type, [first.type]: { ...(first[first.type] as Fields), caption: body } };
  }
  return body === undefined
    ? { type: "attachments", attachments }
    : { type: "text", text: { body }, attachments };
}

function attachmentsOf(message: Fields): InboundContent[] {
  const attachments = message.attachments ?? [];
  // A page of Instagram's writes one attachment without its list.
  const given: unknown[] = Array.isArray(attachments) ? attachments : [attachments];
  const isToldTwice = repetitionsIn(given);
  const told = given.filter((one) => !isToldTwice(one)).map(attachment);
  const story = objectOf(message.reply_to, "story");
  return story ? [...told, fileOf("story", story)] : told;
}

const stickerOf = (one: unknown) => idOf(objectOf(one, "payload"), "sticker_id");

/** By what a shared post is known again: its id, its address, or the file that a signed address names. */
function namesOf(one: unknown): string[] {
  const payload = objectOf(one, "payload");
  const url = textOf(payload, "url") ?? textOf(one, "url");
  const asset = url && /[?&]asset_id=(?<id>\d+)/.exec(url)?.groups?.id;
  const ids = [idOf(payload, "ig_post_media_id"), idOf(payload, "id")];
  return [...ids, asset ? `asset ${asset}` : url].filter((name) => name !== undefined);
}

/**
 * While types change, Meta tells one thing as two: a sticker is an image too (until 2026-08-30), and a shared post is a
 * share too (from 2025-11-03 on). A share of something else is told.
 */
function repetitionsIn(all: unknown[]): (one: unknown) => boolean {
  const typed = (type: string) => all.filter((one) => textOf(one, "type") === type);
  const posts = new Set(typed("ig_post").flatMap(namesOf));
  const stickers = new Set(typed("sticker").map(stickerOf));
  return (one) => {
    const type = textOf(one, "type");
    if (type === "share") return namesOf(one).some((name) => posts.has(name));
    const sticker = stickerOf(one);
    return type === "image" && sticker !== undefined && stickers.has(sticker);
  };
}

/** What else people send, by Meta's names: pages of both platforms' webhooks, read 2026-11-21. */
const otherTypes = new Set([
  "share",
  "post",
  "ig_post",
  "reel",
  "ig_reel",
  "story_mention",
  "ig_story",
  "ephemeral",
  "fallback",
  "template",
  "appointment_booking",
]);

/** A type that no page names is `unsupported`, with the name that it came by and what can be told of it. */
function attachment(one: unknown): InboundContent {
  const given = textOf(one, "type") ?? "";
  // A fallback may bring its title and address beside an empty payload.
  const [title, url] = [textOf(one, "title"), textOf(one, "url")];
  const payload = { ...(title && { title }), ...(url && { url }), ...objectOf(one, "payload") };
  const place = given === "location" ? placeOf(payload) : undefined;
  if (place) return { type: "location", location: place };
  if (Object.hasOwn(mediaTypes, given)) return fileOf(mediaTypes[given]!, payload);
  if (otherTypes.has(given)) return fileOf(given, payload);
  const { unsupported } = fileOf("unsupported", payload);
  return { type: "unsupported", unsupported: { ...(unsupported as Fields), type: given.slice(0, 64) } };
}

/** No page of Meta's names it any more; some clients still share one. */
function placeOf(payload: Fields): Fields | undefined {
  const { lat, long } = objectOf(payload, "coordinates") ?? {};
  const isPlace = [lat, long].every((degrees) => typeof degrees === "number" && Number.isFinite(degrees));
  const name = textOf(payload, "title");
  return isPlace ? { latitude: lat, longitude: long, ...(name && { name }) } : undefined;
}

/** Pages that a person could open, rather than files of Meta's. */
const page = /^https?:\/\/(?:(?:www|m|l|web)\.)?(?:facebook|instagram)\.com\//;
/** Deep enough for the buttons of a template's cards. */
const maxDepth = 6;
/** Where Meta keeps files: such an address is signed and opens for whoever has it. */
const fileHost = /^https?:\/\/[^/?#]*\.(?:fbcdn\.net|fbsbx\.com|cdninstagram\.com)(?:[/?#:]|$)/i;

/** `id` is where the file is: only whoever downloads it gets to see that. Meta's own `id` is `post_id`, say. */
function fileOf(type: string, { url, id, ...rest }: Fields): InboundContent {
  const ownId = idOf({ id }, "id");
  const own = ownId === undefined ? {} : { [`${type.replace(/^ig_/, "")}_id`]: ownId };
  const others = plain(rest, maxDepth, pictureOf) as Fields;
  const isLink = typeof url === "string" && (type === "fallback" || page.test(url));
  const place = typeof url !== "string" || url === "" ? {} : isLink ? { url } : { id: url };
  return { type, [type]: { ...place, ...own, ...others } };
}

/** A card's picture: a file of Meta's, or a link that anybody may open. */
function pictureOf(url: unknown): Fields {
  if (typeof url !== "string" || url === "") return {};
  return fileHost.test(url) ? { image: { id: url } } : { image_url: url };
}
