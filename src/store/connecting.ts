import type { AppRow, ChannelRow } from "./rows.ts";

/** Apps and channels. */
export interface ConnectingStore {
  addApp(app: AppRow): Promise<void>;
  updateApp(id: string, change: Partial<Pick<AppRow, "name" | "secrets" | "verifyToken">>): Promise<void>;
  /** Refused while it serves a channel. What it received stays; what was not routed yet is kept as unknown. */
  removeApp(id: string, at: number): Promise<void>;
  apps(): Promise<AppRow[]>;
  /** With `app`, that new app in the same transaction. */
  addChannel(channel: ChannelRow, app?: AppRow): Promise<void>;
  updateChannel(id: string, change: Partial<Omit<ChannelRow, "id" | "platform">>): Promise<void>;
  /** Its conversations, messages and events stay readable; pending calls are skipped, and payloads that wait are kept as unknown. */
  removeChannel(id: string, at: number): Promise<void>;
  channels(): Promise<ChannelRow[]>;
}
