import type { ContactCard } from "./message.ts";

/** A line of a contact card, under the name that vCard has for it. */
export interface Detail {
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

/** A contact's telephone numbers; where only WhatsApp's id of one is known, that with a `+`. */
export function phonesOf(card: ContactCard): string[] {
  return (card.phones ?? []).flatMap(({ phone, wa_id: waId }) => phone ?? (waId ? [`+${waId}`] : []));
}

/** Everything on the card apart from the name and the number `phone`, where something shows that already. */
export function detailsOf(card: ContactCard, phone?: string): Detail[] {
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
