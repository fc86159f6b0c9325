import type { Adaptation } from "./adaptation.ts";
import type { Capabilities } from "./capabilities.ts";
import type { JsonObject } from "./json.ts";
import type { Choice, Content, Origin, RenderOptions } from "./message.ts";
import type { Chat, Parsed, PlatformEvent, UnknownPart } from "./platform-event.ts";
import type { ApiVersion, Subscription, TokenLife, WebhookAddresses } from "./platform-upkeep.ts";
import type { FieldProblem, PlatformProblem } from "./problem.ts";

export type { Capabilities, Limit, Rate, TypeCapability } from "./capabilities.ts";
export type {
  AccountNotice,
  Answer,
  Chat,
  Parsed,
  Person,
  PlatformEvent,
  RestrictionCause,
  UnknownPart,
} from "./platform-event.ts";
export { restrictionCauses } from "./platform-event.ts";
export type { WebhookAddresses } from "./platform-upkeep.ts";

/**
 * The seam: a platform describes calls and reads answers; it performs no effect, keeps no state, and never
 * sees a clock. Everything here is plain data, so previews, stored calls and tests need nothing else.
 */
export type PlatformName = "whatsapp" | "instagram" | "messenger" | "telegram";

/** One HTTP request to a platform, as stored and shown: no secret, no host. */
export interface Call {
  method: "GET" | "POST" | "DELETE";
  /** From the channel's base URL on, starting with `/`. */
  path: string;
  body?: JsonObject;
  /** What it carries, for people: `message`, `media`, `text 2/3`, `card 1`, `question`. */
  part: string;
  /** The link in `body[field]`: where the platform cannot fetch it, its bytes can go up in its place. */
  upload?: { field: string; link: string; maxBytes: number };
}

/** A file that goes up with a call instead of the link in `field`. */
export interface Upload {
  field: string;
  name: string;
  mimeType: string;
  bytes: Uint8Array<ArrayBuffer>;
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
  /** Instead of `body`: a multipart form, whose content type the transport writes. */
  form?: { fields: Record<string, string>; file: Upload };
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
  /**
   * `maxTries`: of the call in all; then it is rejected, so that what may never work holds nobody up for a day.
   * `until`: nothing of the channel can leave before it has another token, or before the platform restricts it no more.
   */
  | {
      kind: "retry";
      afterSeconds?: number;
      maxTries?: number;
      scope: "contact" | "channel";
      until?: "new_credentials" | "unrestricted";
      problem: PlatformProblem;
    }
  /**
   * `isUnfetched`: only because the platform could not get the file from its link. `isOfAccount`: others are refused
   * for the same until a person settles it, though not all.
   */
  | { kind: "rejected"; problem: PlatformProblem; isUnfetched?: true; isOfAccount?: true }
  | { kind: "unknown"; problem: PlatformProblem };

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
  /** `human`: a person wrote it, for whom some platforms keep the window open longer. */
  origin?: Origin;
  /** True where the platform's window after the contact's last message is over. */
  isWindowClosed?: boolean;
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
  /** `app`: of the provider's app that serves the channel; kept with the app, not with the channel. */
  of?: "app";
}

/** What `identify` tells of a channel: its name for people, and its number, @username or page address. */
export interface Identity {
  name?: string;
  handle?: string;
}

/** The provider's app that an access token was made for. */
export interface AppOfToken {
  id: string;
  name?: string;
}

/** Which of a provider's channels a part of a webhook is for. */
export interface Destination {
  platform: PlatformName;
  naturalId: string;
  /** For all channels of an account that has several: `naturalId` is then what `accountId` of their platform gives. */
  isAccount?: true;
}

/** A provider whose apps get one webhook for all the channels that they serve. */
export interface AppProvider {
  name: "meta";
  title: string;
  /** `secrets`: several while they are rotated. */
  verify(request: InboundRequest, app: { secrets: readonly string[]; verifyToken: string }): Verdict;
  /** The signature that came with a webhook, or would have come with this body. */
  signature: WebhookSignature<{ secrets: readonly string[] }>;
  /**
   * Parts a payload by channel, in the order of the payload; each part is a payload that the platform's `parse`
   * reads. Never throws: what names no channel is unknown. `path` is a pointer into the whole.
   */
  route(payload: unknown): {
    parts: { to: Destination; payload: JsonObject; path: string }[];
    unknown: UnknownPart[];
  };
}

/** How a provider signs the bytes of its webhooks, for those who check that themselves. */
export interface WebhookSignature<Secrets> {
  header: string;
  /** The header that makes a body genuine; undefined where there is no secret. */
  sign(body: string, secrets: Secrets): string | undefined;
  /** Whether a header was made for this body. */
  fits(header: string, body: string, secrets: Secrets): boolean;
}

export interface Platform {
  name: PlatformName;
  title: string;
  credentials: readonly CredentialField[];
  capabilities: Capabilities;
  defaultBaseUrl(credentials: Credentials): string;
  /** Stands in for the recipient in a preview that names none. */
  sampleAddress: string;
  /** Sentences about credentials that are missing or malformed, by field name. */
  checkCredentials(credentials: Credentials): FieldProblem[];
  /** The platform's own id of the channel (phone number id, bot id): the other form of `from`. */
  naturalId(credentials: Credentials): string;
  /** The account that the channel is one of several of; absent where a channel is its own account. */
  accountId?(credentials: Credentials): string | undefined;
  /** Reads `to`: the address to send to and every alias it is known by, or the problem (pointer `/to`). */
  address(to: string): { address: string; aliases: string[]; chat: Chat["type"] } | { problem: FieldProblem };
  render(content: Content, context: RenderContext): Rendering;
  /**
   * It tells of every call by itself: with the `token` that `render` was given, or by recipient and `content` alone,
   * which is a heuristic. Absent: nothing comes back.
   */
  reconcile?: "token" | "content";
  /** By `content`: what the echo of this call would show, as `parse` gives it; undefined: it has none. */
  likeness?(call: Call): string | undefined;
  /** Whether a message waits until what left before it is reported. Absent where nothing is reported soon. */
  wantsReport?(options: RenderOptions): boolean;
  /** Which of the rates in `capabilities.pace.kinds` a call must keep besides the channel's; undefined: none. */
  kindOf?(call: Call): string | undefined;
  /** With `upload`, the file goes up in place of the link in its field. */
  authorize(call: Call, access: Access, upload?: Upload): HttpRequest;
  interpret(response: HttpResponse): Outcome;
  verify(request: InboundRequest, credentials: Credentials, webhookSecret: string): Verdict;
  /** Absent where what a platform posts is not signed: it says itself who it is, by a secret. */
  signature?: WebhookSignature<Credentials>;
  /** Never throws, whatever it is given. What is meant for another channel than `credentials` tell is unknown. */
  parse(payload: unknown, credentials: Credentials): Parsed;
  /** Where the platform's webhooks for a channel go, and how to point them at us. */
  webhook: {
    /** The calls that ask where they go now; none where nothing can be asked with these credentials. */
    inspect(credentials: Credentials): Call[];
    /** Reads the answers to these calls, in their order. */
    read(
      responses: readonly HttpResponse[],
      credentials: Credentials,
    ): WebhookAddresses | { problem: PlatformProblem };
    /** The calls that point them at `place`, in order; `now` is where they go so far, where that could be read. */
    point(place: { url: string; secret: string }, credentials: Credentials, now?: WebhookAddresses): Call[];
    /** Absent where the address alone decides. */
    subscription?: Subscription;
  };
  /** The call that proves the credentials, and what its answer says of the channel. */
  identify: {
    call(credentials: Credentials): Call;
    read(response: HttpResponse, credentials: Credentials): Identity | { problem: PlatformProblem };
  };
  /** Proves that token and secret are one app's, whose webhooks the channel gets. Absent where channels have no app. */
  app?: {
    ofToken: {
      /** Null where the platform does not tell which app these credentials are of. */
      call(credentials: Credentials): Call | null;
      read(response: HttpResponse): AppOfToken | { problem: PlatformProblem };
    };
    /** The call that only the secret of `app_id` opens. */
    secret: { call(): Call; read(response: HttpResponse): { problem?: PlatformProblem } };
  };
  /** Absent where a token may do everything that its account can. */
  permissions?: {
    /** Null where nothing can be asked with these credentials. */
    call(credentials: Credentials): Call | null;
    /** By the platform's own names; `missing` are those that sending or receiving needs. */
    read(
      response: HttpResponse,
      credentials: Credentials,
    ): { granted: string[]; missing: string[] } | { problem: PlatformProblem };
  };
  /** Absent where there is one version alone. */
  apiVersion?: ApiVersion;
  /** Absent where tokens never end. */
  token?: TokenLife;
  poll?: {
    /** Calls to make once before polling starts (deleteWebhook). */
    prepare(): Call[];
    call(cursor: number, timeoutSeconds: number): Call;
    /** The payloads in order and the cursor that confirms them; a problem when it is no such answer. */
    read(response: HttpResponse):
      | { payloads: { body: string }[]; cursor: number | null }
      /** `rival`: refused because another program polls the same account, or has set a webhook. */
      | { problem: PlatformProblem; afterSeconds?: number; fatal: boolean; rival?: "poller" | "webhook" };
  };
  /** What the platform waits for after an event; `answered` is what the event was found to answer. */
  acknowledge?(
    event: PlatformEvent,
    answered: { title?: string; platformIds: string[]; chat: Chat["type"] } | null,
  ): Call[];
  media: {
    /** The first call for a file that an event named. */
    locate(reference: string): Call;
    /** Reads its answer: the call that downloads the bytes. Absent where `locate` downloads them already. */
    download?(response: HttpResponse): { call: Call } | { problem: PlatformProblem };
  };
}
