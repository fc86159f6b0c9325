import type { Adaptation } from "./adaptation.ts";
import type { JsonObject } from "./json.ts";
import type { Choice, Content, InboundContent, MessageType, RenderOptions, Reply } from "./message.ts";
import type { FieldProblem, PlatformProblem, Unit } from "./problem.ts";

/**
 * The seam: a platform describes calls and reads answers; it performs no effect, keeps no state, and never
 * sees a clock. Everything here is plain data, so previews, stored calls and tests need nothing else.
 */
export type PlatformName = "whatsapp" | "telegram";

/** One HTTP request to a platform, as stored and shown: no secret, no host. */
export interface Call {
  method: "GET" | "POST" | "DELETE";
  /** From the channel's base URL on, starting with `/`. */
  path: string;
  body?: JsonObject;
  /** What it carries, for people: `message`, `media`, `text 2/3`, `card 1`, `question`. */
  part: string;
}

/** Secrets and settings of one channel, by the names of the platform's `credentials`. */
export type Credentials = Record<string, string>;

export interface Access {
  credentials: Credentials;
  /** Without a trailing slash: `https://graph.facebook.com`, or the simulator's. */
  baseUrl: string;
}

export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}
export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

export type Outcome =
  /** `platformIds[0]` is the message's id; more ids (a poll's) may follow. `aliases` are other names of the recipient. */
  | { kind: "accepted"; platformIds: string[]; aliases?: string[] }
  | { kind: "retry"; afterSeconds?: number; scope: "contact" | "channel"; problem: PlatformProblem }
  | { kind: "rejected"; problem: PlatformProblem }
  | { kind: "unknown"; problem: PlatformProblem };

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
      }
    | { kind: "edited"; chat: Chat; sender: Person; platformId: string; content: InboundContent }
    | { kind: "deleted"; chat: Chat; sender: Person; platformId: string }
    /** `emoji` empty: taken back. */
    | { kind: "reaction"; chat: Chat; sender: Person; platformId: string; target: string; emoji: string }
    | {
        kind: "status";
        platformId: string;
        /** The token that `render` was given, where the platform echoes it. */
        token?: string;
        status: "sent" | "delivered" | "read" | "played" | "failed";
        problem?: PlatformProblem;
        aliases?: string[];
      }
    | { kind: "blocked" | "unblocked"; chat: Chat; sender: Person }
    /** The contact goes by new names now. */
    | { kind: "renamed"; sender: Person; formerly: string[] }
    /** What the business itself sent by other means: kept, never a contact's message. */
    | { kind: "echo"; platformId: string }
  );

/** A part of a payload that no rule reads: kept and counted. `path` is a pointer into the payload. */
export interface UnknownPart {
  path: string;
  reason: string;
}
export interface Parsed {
  events: PlatformEvent[];
  unknown: UnknownPart[];
}

/** What a platform posts to us, as it came. `body` is the raw bytes as UTF-8 text. */
export interface InboundRequest {
  method: string;
  query: Record<string, string>;
  headers: Record<string, string | string[] | undefined>;
  rawBody: Uint8Array;
}
export type Verdict =
  | { kind: "genuine" }
  /** Answer with `reply` as text/plain. */
  | { kind: "challenge"; reply: string }
  | { kind: "forged"; reason: string };

export interface RenderContext {
  /** The recipient as `address` gave it. */
  to: string;
  chat: Chat["type"];
  /** Short, [A-Za-z0-9_-]{1,22}, unique per channel: what goes where an id has no room, and what a platform echoes. */
  token: string;
  options: RenderOptions;
  /** The contact's language, ISO 639-1, where known. */
  language?: string;
  /** The platform id of the message to quote, or to react to. */
  quotes?: string;
}
export interface Rendering {
  /** Empty when `adaptation.fidelity` is `impossible`. */
  calls: Call[];
  adaptation: Adaptation;
  choices: Choice[];
  /** Advice that refuses nothing: a title that is long in UTF-16 units, say. */
  warnings?: FieldProblem[];
}

export interface CredentialField {
  name: string;
  label: string;
  help: string;
  secret: boolean;
  required: boolean;
}

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
  source: string;
  read: string;
}
export interface TypeCapability {
  support: "native" | "adapted" | "refused";
  /** A sentence: how it is drawn, or why it is refused. */
  how: string;
  limits?: Record<string, Limit>;
}
export interface Capabilities {
  types: Record<MessageType, TypeCapability>;
  pace: { channel: Rate; contact: Rate; group?: Rate };
  /** How long after a contact's message anything may be sent; null: no such window. */
  windowSeconds: number | null;
}

export interface Platform {
  name: PlatformName;
  title: string;
  credentials: readonly CredentialField[];
  capabilities: Capabilities;
  defaultBaseUrl: string;
  /** Stands in for the recipient in a preview that names none. */
  sampleAddress: string;
  /** Sentences about credentials that are missing or malformed, by field name. */
  checkCredentials(credentials: Credentials): FieldProblem[];
  /** The platform's own id of the channel (phone number id, bot id): the other form of `from`. */
  naturalId(credentials: Credentials): string;
  /** Reads `to`: the address to send to and every alias it is known by, or the problem (pointer `/to`). */
  address(to: string): { address: string; aliases: string[]; chat: Chat["type"] } | { problem: FieldProblem };
  render(content: Content, context: RenderContext): Rendering;
  authorize(call: Call, access: Access): HttpRequest;
  interpret(response: HttpResponse): Outcome;
  verify(request: InboundRequest, credentials: Credentials, webhookSecret: string): Verdict;
  /** Never throws, whatever it is given. What is meant for another channel than `credentials` tell is unknown. */
  parse(payload: unknown, credentials: Credentials): Parsed;
  /** The calls that point the platform's webhooks at `url`. */
  register(url: string, webhookSecret: string, credentials: Credentials): Call[];
  /** The call that proves the credentials, and what its answer says of the channel. */
  identify: {
    call(credentials: Credentials): Call;
    read(response: HttpResponse): { name?: string } | { problem: PlatformProblem };
  };
  poll?: {
    /** Calls to make once before polling starts (deleteWebhook). */
    prepare(): Call[];
    call(cursor: number, timeoutSeconds: number): Call;
    /** The payloads in order and the cursor that confirms them; a problem when it is no such answer. */
    read(
      response: HttpResponse,
    ):
      | { payloads: { body: string }[]; cursor: number | null }
      | { problem: PlatformProblem; afterSeconds?: number; fatal: boolean };
  };
  /** What the platform waits for after an event; `answered` is what the event was found to answer. */
  acknowledge?(
    event: PlatformEvent,
    answered: { title?: string; platformIds: string[]; chat: Chat["type"] } | null,
  ): Call[];
  media: {
    /** The first call for a file that an event named. */
    locate(reference: string): Call;
    /** Reads its answer: the call that downloads the bytes. */
    download(response: HttpResponse): { call: Call } | { problem: PlatformProblem };
  };
}
