import type { JsonObject } from "../../../../core/json.ts";
import type { FileGift, SimulatedAccount, SimulatedRequest, World } from "../../../../core/simulation.ts";

/** What differs between Messenger and Instagram, on the one Send API that both have. */
export interface MessagingRules {
  platform: "messenger" | "instagram";
  /** For people: `Instagram`. */
  title: string;
  /** The kind of object in webhooks. */
  object: "page" | "instagram";
  /** Refuses a text that is too long. */
  checkText(text: string, where: string): void;
  /** The largest length of `metadata`, and whether an echo brings it back. */
  metadata: { max: number; echoed: boolean };
  /** Media that a business may send; each with the endings that its link may have, where the page names them. */
  attachments: Record<string, { endings?: readonly string[] }>;
  templates: readonly string[];
  buttons: readonly string[];
  quickReplies: { onAttachments: boolean; icons: boolean };
  /** How many images one message may hold. */
  maxImages: number;
  /** Of the code 10, outside the window; `learn` ends the sentence. */
  closed: { subcode: number; status: number; learn: string };
  /** Of the code 100, for a person whom the account does not know. */
  stranger: { subcode: number };
  /** Whether a message must say its `messaging_type`. */
  needsMessagingType: boolean;
  /** The permission that sending needs of a token of this holder. */
  permission(holder: SimulatedAccount): string;
  /** Whose token an account is reached with: an Instagram account may be reached with its Page's. */
  holder(world: World, account: SimulatedAccount): SimulatedAccount;
  /** Whether the account's webhook field is subscribed on the account's side. */
  hears(world: World, account: SimulatedAccount, field: string): boolean;
  fields: { echoes: string; edits: string; reads: string };
  /** Whether deliveries are told, and reads by a watermark. */
  watermarks: boolean;
  /** Whether the business hears when a person takes a message back. */
  unsends: boolean;
  mintId(world: World): string;
  /** The type under which a person's file is told. */
  typeOf(gift: FileGift["type"]): string;
  fileUrl(world: World, file: { id: string; name: string }): string;
  /** The id of the file that such a URL is of; undefined: it is no file's. */
  fileAt(world: World, request: SimulatedRequest): string | undefined;
  /** What more an echo carries. */
  echo(world: World, account: SimulatedAccount): JsonObject;
  /** Fields of a person's profile by the names of Graph. */
  profile(person: { name: string; address: string; username?: string }): JsonObject;
}
