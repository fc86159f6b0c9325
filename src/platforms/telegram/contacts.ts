import { plain } from "../../core/marked.ts";
import type { ContactCard } from "../../core/message.ts";
import { utf8Bytes } from "../../core/text.ts";
import { type Drawing, inOrder, textDrawing } from "./draft.ts";

/** In bytes. https://core.telegram.org/bots/api#sendcontact, read 2026-11-21. */
const maxVcardBytes = 2048;

/** A contact on Telegram is one telephone number: a message per card, or a text where there is no number. */
export function drawContacts(cards: readonly ContactCard[]): Drawing {
  const drawings = cards.map((card, index) => drawCard(card, `/content/contacts/${index}`));
  const did = `Sent ${cards.length} messages: a contact on Telegram is one person.`;
  const steps = cards.length > 1 ? [{ path: "/content/contacts", rule: "one_per_message", did }] : [];
  return inOrder([{ drafts: [], steps }, ...drawings]);
}

function drawCard(card: ContactCard, path: string): Drawing {
  const [phone] = phonesOf(card);
  const details = detailsOf(card, phone);
  if (phone === undefined) {
    const did = "Sent the contact as a text: Telegram needs a telephone number for a card.";
    const text = plain([card.name.formatted_name, ...lines(details)].join("\n").trim());
    const drawing = textDrawing(text, { path, part: "message" });
    return inOrder([drawing, { drafts: [], steps: [{ path, rule: "no_phone", did }] }]);
  }
  const vcard = details.length > 0 ? vcardOf(card, phone, details) : undefined;
  const fits = vcard === undefined || utf8Bytes(vcard) <= maxVcardBytes;
  const body = { phone_number: phone, ...namesOf(card), vcard: fits ? vcard : undefined };
  const contact: Drawing = { drafts: [{ method: "sendContact", part: "message", body }], steps: [] };
  if (fits) return contact;
  const did = `Sent the details as a text: a card on Telegram holds ${maxVcardBytes} bytes.`;
  const text = textDrawing(plain(lines(details).join("\n")), { path, part: "text" });
  return inOrder([contact, text, { drafts: [], steps: [{ path, rule: "vcard_length", did }] }]);
}

function phonesOf(card: ContactCard): string[] {
  return (card.phones ?? []).flatMap(({ phone, wa_id: waId }) => phone ?? (waId ? [`+${waId}`] : []));
}

/** First and last name where they make up the whole one, else the whole as the first. */
function namesOf({ name }: ContactCard): { first_name: string; last_name?: string } {
  const { first_name: first, last_name: last, formatted_name: whole } = name;
  return first && last && `${first} ${last}` === whole
    ? { first_name: first, last_name: last }
    : { first_name: whole };
}

interface Detail {
  property: string;
  value: string;
}
const properties: Record<string, string> = {
  emails: "EMAIL",
  urls: "URL",
  addresses: "ADR",
  org: "ORG",
  birthday: "BDAY",
};

/** Everything on the card apart from the name and the number that Telegram shows itself. */
function detailsOf(card: ContactCard, phone: string | undefined): Detail[] {
  const others = phonesOf(card).filter((each) => each !== phone);
  const rest = Object.entries(properties).flatMap(([field, property]) =>
    entriesOf(card[field]).map((value) => ({ property, value })),
  );
  return [...others.map((value) => ({ property: "TEL", value })), ...rest];
}

/** Each entry's texts on one line; `type` (HOME, WORK) says only what kind it is. */
function entriesOf(field: unknown): string[] {
  const entries = Array.isArray(field) ? field : field === undefined || field === null ? [] : [field];
  return entries.map(textOf).filter((text) => text !== "");
}

function textOf(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return String(entry);
  const shown = Object.entries(entry).filter(([key]) => key !== "type" && key !== "country_code");
  return shown
    .map(([, value]) => value)
    .filter((value) => typeof value === "string" && value !== "")
    .join(", ");
}

function lines(details: readonly Detail[]): string[] {
  return details.map(({ value }) => value);
}

function vcardOf({ name }: ContactCard, phone: string, details: readonly Detail[]): string {
  const escaped = (text: string) => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
  const entries = [{ property: "TEL", value: phone }, ...details].map(({ property, value }) =>
    property === "ADR" ? `ADR:;;${escaped(value)};;;;` : `${property}:${escaped(value)}`,
  );
  const whole = escaped(name.formatted_name);
  return ["BEGIN:VCARD", "VERSION:3.0", `N:;${whole};;;`, `FN:${whole}`, ...entries, "END:VCARD"].join("\n");
}
