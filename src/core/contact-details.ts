import { oneLine } from "./direction.ts";
import type { ContactCard } from "./message.ts";

/** A line of a contact card, under the name that vCard has for it. */
export interface Detail {
  property: string;
  value: string;
  /** The same for reading: parts of two directions are kept apart. */
  line: string;
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
    entriesOf(card[field]).map((texts) => detail(property, texts)),
  );
  return [...others.map((phone) => detail("TEL", [phone])), ...rest];
}

function detail(property: string, texts: readonly string[]): Detail {
  const line = texts.reduce((before, text) => oneLine(before, ", ", text));
  return { property, value: texts.join(", "), line };
}

/** Each entry's texts; `type` (HOME, WORK) says only what kind it is. */
function entriesOf(field: unknown): string[][] {
  const entries = Array.isArray(field) ? field : field === undefined || field === null ? [] : [field];
  return entries.map(textsOf).filter((texts) => texts.length > 0);
}

function textsOf(entry: unknown): string[] {
  const shown =
    typeof entry === "object" && entry !== null
      ? Object.entries(entry).filter(([key]) => key !== "type" && key !== "country_code")
      : [["", String(entry)]];
  return shown
    .map(([, value]) => value)
    .filter((value): value is string => typeof value === "string" && value !== "");
}
