import type { Event } from "../core/event.ts";
import type { AppRow, ChannelRow } from "./rows.ts";

export type ChannelChange = Partial<Omit<ChannelRow, "id" | "platform">>;

/** A channel as it is stored, with its app, at the moment of a change. Asked within the transaction: perhaps twice. */
export interface ChannelWish {
  /** Undefined: nothing is to be changed. */
  changeOf(now: ChannelRow, app: AppRow | undefined): ChannelChange | undefined;
  /** What is told of the change, in the same transaction. */
  eventOf?: ((before: ChannelRow) => Omit<Event, "id">) | undefined;
}

export interface ChangedChannel {
  before: ChannelRow;
  after: ChannelRow;
  app: AppRow | undefined;
  isChanged: boolean;
}

/** Apps and channels. */
export interface ConnectingStore {
  addApp(app: AppRow): Promise<void>;
  updateApp(id: string, change: Partial<Pick<AppRow, "name" | "secrets" | "verifyToken">>): Promise<void>;
  /** Refused while it serves a channel. What it received stays; what was not routed yet is kept as unknown. */
  removeApp(id: string, at: number): Promise<void>;
  apps(): Promise<AppRow[]>;
  /** With `app`, that new app in the same transaction. */
  addChannel(channel: ChannelRow, app?: AppRow): Promise<void>;
  updateChannel(id: string, change: ChannelChange): Promise<void>;
  /** By what is stored of it then, whoever stored it. Undefined: there is none any more. */
  changeChannel(id: string, wish: ChannelWish): Promise<ChangedChannel | undefined>;
  /** Its conversations, messages and events stay readable; pending calls are skipped, and payloads that wait are kept as unknown. */
  removeChannel(id: string, at: number): Promise<void>;
  channels(): Promise<ChannelRow[]>;
}
