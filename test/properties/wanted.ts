import type {
  CarouselCard,
  ContactCard,
  Content,
  Header,
  Interactive,
  ListInteractive,
  Media,
  Reply,
} from "../../src/core/message.ts";
import type { Needle } from "./legible.ts";

export interface WantedMedium {
  /** JSON pointer of the medium in its request. */
  path: string;
  kind: string;
  media: Media;
}

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
  media: WantedMedium[];
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

const read = (path: string, text: string): Needle[] => [{ path, text, isMarkup: true }];
const plain = (path: string, text: string): Needle[] => [{ path, text, isMarkup: false }];
const root = "/content/interactive";

/** What of `content` a person must find on the screen. */
export function wantedOf(content: Content): Wanted {
  if ("interactive" in content) return ofInteractive(content.interactive);
  const wanted = nothing();
  if ("text" in content) wanted.texts.push(read("/content/text/body", content.text.body));
  for (const kind of ["image", "video", "audio", "document", "sticker"] as const) {
    const media = (content as Partial<Record<typeof kind, Media & { caption?: string }>>)[kind];
    if (!media) continue;
    const path = `/content/${kind}`;
    wanted.media.push({ path, kind, media });
    if (media.caption !== undefined) wanted.texts.push(read(`${path}/caption`, media.caption));
  }
  if ("location" in content) {
    const { latitude, longitude, name, address } = content.location;
    wanted.place = { latitude, longitude };
    for (const [key, word] of Object.entries({ name, address }))
      if (word !== undefined) wanted.texts.push(plain(`/content/location/${key}`, word));
  }
  if ("contacts" in content)
    for (const [index, card] of content.contacts.entries())
      addContact(wanted, card, `/content/contacts/${index}`);
  return wanted;
}

function addContact(wanted: Wanted, card: ContactCard, path: string): void {
  wanted.texts.push(plain(`${path}/name`, card.name.formatted_name));
  const [phone, ...others] = card.phones ?? [];
  if (phone?.phone) wanted.texts.push(plain(`${path}/phones/0`, phone.phone));
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
  if (header?.type === "text") wanted.texts.push(plain(`${root}/header`, header.text));
  else if (header) addMedium(wanted, header, `${root}/header`);
  wanted.texts.push(read(`${root}/body`, interactive.body.text));
  if (footer) wanted.texts.push(read(`${root}/footer`, footer.text));
  addAction(wanted, interactive);
  return wanted;
}

function addMedium(wanted: Wanted, header: { type: string }, path: string): void {
  const media = (header as unknown as Record<string, Media>)[header.type]!;
  wanted.media.push({ path: `${path}/${header.type}`, kind: header.type, media });
}

function addAction(wanted: Wanted, interactive: Interactive): void {
  switch (interactive.type) {
    case "button":
      for (const [index, { reply }] of interactive.action.buttons.entries())
        addReply(wanted, { id: reply.id, title: reply.title }, `${root}/action/buttons/${index}`);
      break;
    case "list":
      addList(wanted, interactive);
      break;
    case "cta_url":
      addUrl(wanted, interactive.action.parameters, `${root}/action`);
      break;
    case "carousel":
      for (const [index, card] of interactive.action.cards.entries())
        addCard(wanted, card, `${root}/action/cards/${index}`);
      break;
    case "location_request_message":
      wanted.asksForLocation = true;
      break;
    default:
      break;
  }
}

function addList(wanted: Wanted, { action }: ListInteractive): void {
  wanted.opener = action.button;
  for (const [index, { title, rows }] of action.sections.entries()) {
    const path = `${root}/action/sections/${index}`;
    if (title !== undefined) wanted.texts.push(plain(`${path}/title`, title));
    for (const [at, { id, title, description }] of rows.entries()) {
      const row = `${path}/rows/${at}`;
      const more = description === undefined ? [] : plain(`${row}/description`, description);
      wanted.texts.push([...plain(`${row}/title`, title), ...more]);
      const list_reply = { id, title, ...(description !== undefined && { description }) };
      wanted.options.push({ type: "list_reply", list_reply });
    }
  }
}

function addCard(wanted: Wanted, { header, body, action, card_index }: CarouselCard, path: string): void {
  addMedium(wanted, header, `${path}/header`);
  if (body) wanted.texts.push(read(`${path}/body`, body.text));
  if ("parameters" in action) addUrl(wanted, action.parameters, `${path}/action`);
  else
    for (const [index, { quick_reply }] of action.buttons.entries())
      addReply(wanted, { ...quick_reply, card_index }, `${path}/action/buttons/${index}`);
}

type ButtonReply = Extract<Reply, { type: "button_reply" }>["button_reply"];

function addReply(wanted: Wanted, reply: ButtonReply, path: string): void {
  wanted.texts.push(plain(path, reply.title));
  wanted.options.push({ type: "button_reply", button_reply: reply });
}

type Link = { display_text: string; url: string };

function addUrl(wanted: Wanted, { display_text, url }: Link, path: string): void {
  wanted.texts.push(plain(path, display_text));
  wanted.urls.push({ label: display_text, url });
}
