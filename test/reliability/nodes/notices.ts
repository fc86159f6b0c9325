import type { Told } from "../customer-process.ts";

/** What the customer should have been told, and was. */
export interface Notices {
  /** What people wrote while nodes were struck. */
  said: number;
  /** Of that what no event told, and what more than one told. */
  unheard: number;
  heardTwice: number;
  /** Events that the gateways have, of the types that the endpoint wants. */
  events: number;
  /** Of these what the endpoint was never told. */
  undelivered: number;
  /** First told after a later one of the same conversation. */
  disordered: number;
  /** Posted again although the endpoint had answered: a node was struck before it could store that. */
  repeated: number;
}

export interface Stored {
  id: string;
  type: string;
}

/** Judges by the endpoint's log. An endpoint may be posted an event twice, and knows it by its id. */
export function noticesOf(
  told: readonly Told[],
  { said, stored }: { said: readonly string[]; stored: readonly Stored[] },
): Notices {
  const firsts = new Set(told.map(({ id }) => id)).size;
  const known = new Set(told.map(({ id }) => id));
  const heard = new Map<string, Set<string>>();
  for (const { id, type, message } of told) {
    const text = message.text?.body;
    if (type !== "message.received" || text === undefined) continue;
    heard.set(text, (heard.get(text) ?? new Set()).add(id));
  }
  const times = (text: string) => heard.get(text)?.size ?? 0;
  return {
    said: said.length,
    unheard: said.filter((text) => times(text) === 0).length,
    heardTwice: said.filter((text) => times(text) > 1).length,
    events: stored.length,
    undelivered: stored.filter(({ id }) => !known.has(id)).length,
    disordered: disordered(told),
    repeated: told.length - firsts,
  };
}

function disordered(told: readonly Told[]): number {
  const seen = new Set<string>();
  const furthest = new Map<string, number>();
  let late = 0;
  for (const { id, sequence, conversation } of told) {
    if (seen.has(id) || !conversation) continue;
    seen.add(id);
    const before = furthest.get(conversation.id) ?? 0;
    if (sequence < before) late++;
    furthest.set(conversation.id, Math.max(before, sequence));
  }
  return late;
}
