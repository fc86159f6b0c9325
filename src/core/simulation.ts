import type { JsonObject } from "./json.ts";
import type { Place } from "./message.ts";
import type { PlatformName } from "./platform.ts";
import { GatewayError } from "./problem.ts";
import type { ScreenView } from "./simulated-screen.ts";

export type * from "./simulated-screen.ts";

/**
 * The seam between the simulator's machinery (HTTP, disk, time) and a platform's simulated side. A platform's side
 * decides and draws; everything that it needs of the world is handed in.
 */
export interface SimulatedAccount {
  platform: PlatformName;
  /** The platform's own id: phone number id, bot id. */
  id: string;
  token: string;
  /** Shown by `GET /simulator/accounts` beside platform, id and token. */
  shown: JsonObject;
  /** Registrations and settings; only its platform reads them. */
  state: JsonObject;
}

export interface SimulatedPerson {
  id: string;
  platform: PlatformName;
  channel: string;
  name: string;
  /** What `to` takes. */
  address: string;
  blocked: boolean;
  state: JsonObject;
}

export interface SimulatedMessage {
  /** The platform's id of the message; unique within the person's chat. */
  id: string;
  person: string;
  from: "business" | "person";
  /** Milliseconds since 1970. */
  at: number;
  view: ScreenView;
  /** The platform's own record, to answer taps from. */
  native: JsonObject;
}

export interface SimulatedFile {
  id: string;
  platform: PlatformName;
  channel: string;
  name: string;
  mimeType: string;
  bytes: Uint8Array;
}

/** An event on its way to whoever listens for the account. */
export interface SimulatedUpdate {
  platform: PlatformName;
  channel: string;
  /** Updates of one queue leave one at a time, in order. */
  queue: string;
  payload: JsonObject;
  expiresAt: number;
}
export interface StoredUpdate extends SimulatedUpdate {
  position: number;
}

export interface SimulatedLimit {
  perSecond: number;
  burst: number;
}

/** Everything that a platform's side may ask of the world; all of it at once, in one transaction with the caller. */
export interface World {
  now(): number;
  /** Where this simulator answers, without a trailing slash. */
  baseUrl(): string;
  /** Counts from `first`, never twice the same, across restarts. */
  next(counter: string, first?: number): number;
  /** Unguessable hexadecimal digits. */
  random(digits: number): string;
  /** SHA-256 in hexadecimal: of bytes, or to derive what must be the same in every new data folder. */
  digest(data: string | Uint8Array): string;
  /** HMAC-SHA256 in hexadecimal. */
  sign(secret: string, text: string): string;

  accounts(platform: PlatformName): SimulatedAccount[];
  saveAccount(account: SimulatedAccount): void;
  people(platform: PlatformName, channel?: string): SimulatedPerson[];
  savePerson(person: SimulatedPerson): void;

  /** Oldest first. */
  messages(person: string): SimulatedMessage[];
  message(person: string, id: string): SimulatedMessage | undefined;
  saveMessage(message: SimulatedMessage): void;
  removeMessage(person: string, id: string): void;

  note(key: string): JsonObject | undefined;
  saveNote(key: string, value: JsonObject): void;
  file(id: string): SimulatedFile | undefined;
  saveFile(file: SimulatedFile): void;
  removeFile(id: string): void;

  emit(update: SimulatedUpdate): void;
  /** Free to be fetched, in the order of arrival; those that a fault holds back are left out. */
  updates(platform: PlatformName, channel: string): StoredUpdate[];
  dropUpdates(positions: number[]): void;

  /** Takes one from the budget of `key`: 0 when granted, else the milliseconds until it would be. */
  take(key: string, limit: SimulatedLimit): number;
}

export interface SimulatedUpload {
  field: string;
  name: string;
  mimeType: string;
  bytes: Uint8Array;
}
export interface SimulatedRequest {
  method: string;
  /** Decoded, without the query. */
  path: string;
  query: Record<string, string>;
  headers: Record<string, string | string[] | undefined>;
  /** The fields of a JSON, urlencoded or multipart body. */
  body: JsonObject;
  uploads: SimulatedUpload[];
  /** True when the body could not be read as what it says to be. */
  malformed: boolean;
}
export interface SimulatedAnswer {
  status: number;
  headers?: Record<string, string>;
  body: JsonObject | { mimeType: string; bytes: Uint8Array };
}
export type Handling =
  /** `ousts` ends the wait of that key with another answer. */
  | {
      kind: "answer";
      answer: SimulatedAnswer;
      person?: string;
      ousts?: { key: string; answer: SimulatedAnswer };
    }
  /** Ask `url` with GET; it passes when it answers 200 with `expects` as its body. */
  | { kind: "handshake"; url: string; expects: string; settle(passed: boolean): SimulatedAnswer }
  /** Try again at every new update, until `seconds` have passed; a newer one of the same `key` gets this one `ousted`. */
  | {
      kind: "wait";
      key: string;
      seconds: number;
      attempt(last: boolean): SimulatedAnswer | null;
      ousted: SimulatedAnswer;
    };

export interface FileGift {
  type: "image" | "video" | "audio" | "voice" | "document" | "sticker";
  caption?: string;
  filename?: string;
  mimeType?: string;
  /** Absent: a small file of that type. */
  bytes?: Uint8Array;
}
export type ButtonChoice = string | { card?: number; button: number };
/** What a person does. `message` is a screen id. */
export type Act =
  | { act: "say"; text: string; quotes?: string }
  | { act: "tap"; message: string; button: ButtonChoice; place?: Place }
  /** `row`: its title, or its place in the whole list, counted from 0: titles may repeat. */
  | { act: "choose"; message: string; row: string | number }
  | { act: "vote"; message: string; options: string[] }
  | { act: "share_location"; place: Place; plain: boolean }
  | { act: "submit"; message: string; values: JsonObject }
  | { act: "send"; gift: FileGift }
  | { act: "send_contact"; name: string; phone: string }
  | { act: "edit"; message: string; text: string }
  | { act: "delete"; message: string }
  | { act: "read" }
  | { act: "react"; message: string; emoji: string }
  | { act: "block" }
  | { act: "unblock" };

/** What an act came to: the messages that it put on the screen, or the link that it would have opened. */
export interface ActResult {
  messages: string[];
  opened?: string;
}

export const standings = ["good", "warned", "limited", "restricted", "disabled", "unregistered"] as const;
/** What a platform holds against an account, until then if that is said. Kept in its `state` as `standing`. */
export interface AccountStanding {
  standing: (typeof standings)[number];
  until?: number;
}

/** How an account stands now: what had an end is over by itself. */
export function standingOf(world: World, { state }: SimulatedAccount): AccountStanding["standing"] {
  const { standing, until } = (state.standing ?? { standing: "good" }) as unknown as AccountStanding;
  return until !== undefined && until <= world.now() ? "good" : standing;
}

type CallFault = "rate_limit" | "server_error";

/** One platform's side of the wire. Methods that meet what a person cannot do throw `GatewayError("conflict", …)`. */
/** Refuses a wish for a new account or person that is no field of it, or of another kind. */
export function checkWishes(wishes: JsonObject, fields: Record<string, "text" | "flag">, what: string): void {
  const refuse = (detail: string) => new GatewayError("invalid_request", detail);
  for (const [name, value] of Object.entries(wishes)) {
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!kind)
      throw refuse(`"${name}" is no field of ${what}, which takes ${Object.keys(fields).join(", ")}.`);
    if (kind === "flag" && typeof value !== "boolean") throw refuse(`"${name}" must be true or false.`);
    const isText = typeof value === "string" && value.trim() !== "";
    if (kind === "text" && !isText) throw refuse(`"${name}" must be a text that is not empty.`);
  }
}

export interface SimulatedPlatform {
  name: PlatformName;
  /** Whether this platform answers the call: paths alone do not tell whose a Graph node is. */
  owns(world: World, request: SimulatedRequest): boolean;
  /** A new account; the first one of a data folder is always the same. */
  newAccount(world: World, wishes: JsonObject): SimulatedAccount;
  newPerson(world: World, account: SimulatedAccount, wishes: JsonObject): SimulatedPerson;
  handle(world: World, request: SimulatedRequest): Handling;
  /** Whether faults of calls strike it: only what puts a message before a person. */
  isSend(request: SimulatedRequest): boolean;
  faultAnswer(fault: CallFault, retryAfterSeconds: number): SimulatedAnswer;
  /** The account that a request is for, as far as it can be told without judging it, and the path without its token. */
  addressee(world: World, request: SimulatedRequest): { channel?: string; shownPath: string };
  /** Tells the webhook of an account's new standing; absent where there is nothing of the kind. */
  tellStanding?(world: World, account: SimulatedAccount, standing: AccountStanding): void;
  screen(world: World, person: SimulatedPerson): (ScreenView & { id: string; from: string })[];
  act(world: World, person: SimulatedPerson, act: Act): ActResult;
  /** Where an account's updates are posted now; null: nowhere, they wait to be fetched. */
  target(world: World, account: SimulatedAccount): string | null;
  /** Accounts with the same outlet are told in one POST, where a platform puts several updates into one. */
  outlet(world: World, account: SimulatedAccount): string;
  /** The POST of one update, signed as the platform does. */
  post(
    world: World,
    account: SimulatedAccount,
    payload: JsonObject,
  ): { headers: Record<string, string>; body: string };
  /** Several waiting updates as the platform would batch them: one payload, or as many as there were. */
  batch(payloads: JsonObject[]): JsonObject[];
  /** Milliseconds before try number `tries` + 1 of a POST. */
  retryAfterMs(tries: number, answer: { status?: number; retryAfterSeconds?: number }): number;
  /** What a 2xx body asks for, as a request to handle; and bookkeeping of the outcome. */
  posted(
    world: World,
    account: SimulatedAccount,
    outcome: { status?: number; body: string; contentType: string; error?: string },
  ): SimulatedRequest | null;
}
