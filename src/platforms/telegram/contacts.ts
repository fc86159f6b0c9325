import { type Detail, detailsOf, phonesOf } from "../../core/contact-details.ts";
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

/** First and last name where they make up the whole one, else the whole as the first. */
function namesOf({ name }: ContactCard): { first_name: string; last_name?: string } {
  const { first_name: first, last_name: last, formatted_name: whole } = name;
  return first && last && `${first} ${last}` === whole
    ? { first_name: first, last_name: last }
    : { first_name: whole };
}

function lines(details: readonly Detail[]): string[] {
  return details.map(({ line }) => line);
}

function vcardOf({ name }: ContactCard, phone: string, details: readonly Detail[]): string {
  const escaped = (text: string) => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
  const entries = [{ property: "TEL", value: phone }, ...details].map(({ property, value }) =>
    property === "ADR" ? `ADR:;;${escaped(value)};;;;` : `${property}:${escaped(value)}`,
  );
  const whole = escaped(name.formatted_name);
  return ["BEGIN:VCARD", "VERSION:3.0", `N:;${whole};;;`, `FN:${whole}`, ...entries, "END:VCARD"].join("\n");
}
