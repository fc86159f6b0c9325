import type { MessageType } from "./message.ts";
import type { Unit } from "./problem.ts";

export interface Limit {
  max?: number;
  min?: number;
  unit: Unit;
  /** The page that says so, and the day it was read. */
  source: string;
  read: string;
}
export interface Rate {
  perSecond: number;
  burst: number;
  /** Some channels may send faster: how fast a channel can be set to at most. Absent: `perSecond`. */
  maxPerSecond?: number;
  source: string;
  read: string;
}
export interface TypeCapability {
  support: "native" | "adapted" | "refused";
  /** A sentence: how it is drawn, or why it is refused. */
  how: string;
  limits?: Record<string, Limit>;
  /** Endings of the names of files that are taken; absent: the platform names none. */
  formats?: readonly string[];
}
export interface Capabilities {
  types: Record<MessageType, TypeCapability>;
  /** `kinds`: what a channel's calls of a kind must keep besides, by the names that `Platform.kindOf` gives. */
  pace: { channel: Rate; contact: Rate; group?: Rate; kinds?: Record<string, Rate> };
  /** How long after a contact's message anything may be sent; null: no such window. */
  windowSeconds: number | null;
  /** How long after it what a person wrote (`origin:"human"`) may still be sent; absent: `origin` changes nothing. */
  humanWindowSeconds?: number;
}
