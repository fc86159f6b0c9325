import type { ContactCard, Content, Header, Interactive, Media, Reply } from "../../src/core/message.ts";
import type { Needle } from "./legible.ts";

/**
 * The content of a message as the design defines it: every text meant to be read, every medium, every URL, every
 * option. What is form (the label that opens a list, bold and italic) is not here. Written from that definition, and
 * knowing nothing of how a platform draws.
 */
export interface Wanted {
  /** Texts that stand alone, or that belong together (a row's title and description). */
  texts: Needle[][];
  /** What a contact card holds beside name and number: clients show it on the card that is opened. */
  details: string[];
  media: { kind: string; media: Media }[];
  /** What buttons open. */
  urls: { label: string; url: string }[];
  options: Reply[];
  /** The label that opens a list: form, and on no option. */
  opener?: string;
  place?: { latitude: number; longitude: number };
  asksForLocation: boolean;
}

const nothing = (): Wanted => ({
  ...{ texts: [], details: [], media: [], urls: [], options: [], asksForLocation: false },
});

const read = (text: string): Needle[] => [{ text, isMarkup: true }];
const plain = (text: string): Needle[] => [{ text, isMarkup: false }];

/** What of `content` a person must find on the screen. */
export function wantedOf(content: Content): Wanted {
  if ("interactive" in content) return ofInteractive(content.interactive);
  const wanted = nothing();
  if ("text" in content) wanted.texts.push(read(content.text.body));
  for (const kind of ["image", "video", "audio", "document", "sticker"] as const) {
    const media = (content as Partial<Record<typeof kind, Media & { caption?: string }>>)[kind];
    if (!media) continue;
    wanted.media.push({ kind, media });
    if (media.caption !== undefined) wanted.texts.push(read(media.caption));
  }
  if ("location" in content) {
    const { latitude, longitude, name, address } = content.location;
    wanted.place = { latitude, longitude };
    for (const word of [name, address]) if (word !== undefined) wanted.texts.push(plain(word));
  }
  if ("contacts" in content) for (const card of content.contacts) addContact(wanted, card);
  return wanted;
}

function addContact(wanted: Wanted, card: ContactCard): void {
  wanted.texts.push(plain(card.name.formatted_name));
  const [phone, ...others] = card.phones ?? [];
  if (phone?.phone) wanted.texts.push(plain(phone.phone));
  wanted.details.push(...others.flatMap((each) => each.phone ?? []));
  for (const field of ["emails", "urls", "addresses", "org", "birthday"]) {
    wanted.details.push(...leaves(card[field]));
  }
}

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "type" ? [] : leaves(inner)));
}

function ofInteractive(interactive: Interactive): Wanted {
  const wanted = nothing();
  const { header, footer } = interactive as { header?: Header; footer?: { text: string } };
  if (header?.type === "text") wanted.texts.push(plain(header.text));
  else if (header) {
    const media = (header as unknown as Record<string, Media>)[header.type]!;
    wanted.media.push({ kind: header.type, media });
  }
  wanted.texts.push(read(interactive.body.text));
  if (footer) wanted.texts.push(read(footer.text));
  addAction(wanted, interactive);
  return wanted;
}

function addAction(wanted: Wanted, interactive: Interactive): void {
  switch (interactive.type) {
    case "button":
      for (const { reply } of interactive.action.buttons)
        addReply(wanted, { id: reply.id, title: reply.title });
      break;
    case "list":
      wanted.opener = interactive.action.button;
      for (const { title, rows } of interactive.action.sections) {
        if (title !== undefined) wanted.texts.push(plain(title));
        for (const { id, title, description } of rows) {
          wanted.texts.push([...plain(title), ...(description === undefined ? [] : plain(description))]);
          const row = { id, title, ...(description !== undefined && { description }) };
          wanted.options.push({ type: "list_reply", list_reply: row });
        }
      }
      break;
    case "cta_url":
      addUrl(wanted, interactive.action.parameters);
      break;
    case "carousel":
      for (const card of interactive.action.cards) {
        const media = (card.header as unknown as Record<string, Media>)[card.header.type]!;
        wanted.media.push({ kind: card.header.type, media });
        if (card.body) wanted.texts.push(read(card.body.text));
        if ("parameters" in card.action) addUrl(wanted, card.action.parameters);
        else
          for (const { quick_reply } of card.action.buttons)
            addReply(wanted, { ...quick_reply, card_index: card.card_index });
      }
      break;
    case "location_request_message":
      wanted.asksForLocation = true;
      break;
    default:
      break;
  }
}

function addReply(wanted: Wanted, reply: { id: string; title: string; card_index?: number }): void {
  wanted.texts.push(plain(reply.title));
  wanted.options.push({ type: "button_reply", button_reply: reply });
}

function addUrl(wanted: Wanted, { display_text, url }: { display_text: string; url: string }): void {
  wanted.texts.push(plain(display_text));
  wanted.urls.push({ label: display_text, url });
}
