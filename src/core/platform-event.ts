import type { InboundContent, Reply } from "./message.ts";
import type { PlatformProblem } from "./problem.ts";

export interface Chat {
  /** The platform's id of the chat; on WhatsApp the contact's own address. */
  id: string;
  type: "private" | "group" | "channel";
}

/** A person as the platform names them. Any alias finds the contact; the first is the one to answer to. */
export interface Person {
  aliases: string[];
  name?: string;
  username?: string;
  /** ISO 639-1. */
  language?: string;
}

/** How an inbound event says which message it answers. */
export type Answer =
  /** The reply itself came back, perhaps quoting a message. */
  | { by: "reply"; reply: Reply; platformId?: string }
  /** A token that `render` wrote, and the key of the choice. */
  | { by: "token"; token: string; key: string; platformId?: string }
  /** A vote: `keys` empty when it was taken back. */
  | { by: "poll"; pollId: string; keys: string[] }
  /** A location that names no request: the newest open one of the conversation, if there is one. */
  | { by: "open_request"; platformId?: string };

interface EventBase {
  /** Unique per channel for ever: what makes a repeated webhook one event. */
  dedupeKey: string;
  /** Milliseconds since 1970, by the platform's clock; absent where it tells none. */
  at?: number;
}

/** Another app answers this conversation now (Meta's standby): told apart, so that nobody answers twice. */
type Standby = true;

export type PlatformEvent = EventBase &
  (
    | {
        kind: "received";
        /** Absent where the platform tells only the person (a Telegram vote): the answered message's chat. */
        chat?: Chat;
        sender: Person;
        platformId: string;
        /** Absent for a pick that only the stored message can spell out (`answer` by token or poll). */
        content?: InboundContent;
        /** The platform id of a quoted message. */
        quotes?: string;
        answer?: Answer;
        /** What the platform waits for (a callback query's id): handed to `acknowledge`. */
        demand?: string;
        standby?: Standby;
      }
    | {
        kind: "edited";
        chat: Chat;
        sender: Person;
        platformId: string;
        content: InboundContent;
        standby?: Standby;
      }
    | { kind: "deleted"; chat: Chat; sender: Person; platformId: string; standby?: Standby }
    /** `emoji` empty: taken back. */
    | {
        kind: "reaction";
        chat: Chat;
        sender: Person;
        platformId: string;
        target: string;
        emoji: string;
        /** The platform's window after the contact's last message begins anew with it. */
        renewsWindow?: true;
        standby?: Standby;
      }
    | {
        kind: "status";
        platformId: string;
        /** The token that `render` was given, where the platform echoes it. */
        token?: string;
        /** Which of the message's calls, from 0, where the platform echoes that; a message of one call needs none. */
        call?: number;
        status: "sent" | "delivered" | "read" | "played" | "failed";
        problem?: PlatformProblem;
        aliases?: string[];
      }
    /** All that was sent to this chat until `until` (milliseconds since 1970, the platform's clock) has arrived or is read. */
    | { kind: "watermark"; status: "delivered" | "read"; chat: Chat; sender: Person; until: number }
    | { kind: "blocked" | "unblocked"; chat: Chat; sender: Person }
    /** The contact goes by new names now. */
    | { kind: "renamed"; sender: Person; formerly: string[] }
    /**
     * What the business itself sent, perhaps by other means: kept, never a contact's message. `likeness` and to whom it
     * went, where that alone can tell which call of ours it is of.
     */
    | { kind: "echo"; platformId: string; likeness?: string; sentTo?: string }
  );

/** A part of a payload that no rule reads: kept and counted. `path` is a pointer into the payload. */
export interface UnknownPart {
  path: string;
  reason: string;
}

/** Why an account may be restricted, where its platform names it; `refusal`: known only from what it refused. */
export const restrictionCauses = ["refusal", "policy", "ban", "deletion", "review", "connection"] as const;
export type RestrictionCause = (typeof restrictionCauses)[number];

/** What the platform says of the account itself, where it breaks rules or may send less or more than before. */
export interface AccountNotice {
  /** Nothing may leave; some of it may not; that may come soon; none of these; what was barred is barred no more. */
  state: "restricted" | "limited" | "warned" | "noted" | "lifted";
  /** Why it is restricted, or what of it is lifted. Absent: a refusal told it, or all of it is. */
  of?: RestrictionCause;
  /** Sentences: what it is, and what to do. */
  reason: string;
  /** When it ends by itself: milliseconds since 1970, by the platform's clock. */
  until?: number;
  /** When it was said, by the same clock. */
  at?: number;
}

export interface Parsed {
  events: PlatformEvent[];
  unknown: UnknownPart[];
  notices?: AccountNotice[];
}
