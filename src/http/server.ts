import type { FailedAttempts } from "../gateway/access/failed-attempts.ts";
import type { Notifier } from "../gateway/delivering/notify.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Backups } from "../gateway/keeping/backups.ts";
import type { Invariants } from "../gateway/keeping/invariants.ts";
import type { Keeper } from "../gateway/keeping/keeper.ts";
import type { SecretRotation } from "../gateway/keeping/secret-rotation.ts";
import type { Receivers } from "../gateway/receiving/receive.ts";
import type { Lanes } from "../gateway/sending/lanes.ts";
import type { Metrics } from "./metrics.ts";
import type { Recent } from "./recent.ts";

/** What the routes work with. */
export interface Server {
  gateway: Gateway;
  lanes: Lanes;
  keeper: Keeper;
  backups: Backups;
  notifier: Notifier;
  receivers: Receivers;
  rotation: SecretRotation;
  metrics: Metrics;
  /** The last hour of the same, for the console. */
  recent: Recent;
  invariants: Invariants;
  /** How large the store's files are, and what is free beside them. */
  sizes(): Promise<{ files: Record<string, number>; freeBytes: number }>;
  failedAttempts: FailedAttempts;
  settings: ServerSettings;
  /** Why `/readyz` is not 200; empty: ready. */
  notReady(): Unready[];
  /** Of several nodes: what others have changed and this one could not read, so that it is not to be asked. */
  behind(): string[];
}

/** A reason not to send anything here yet. */
export interface Unready {
  code: "starting" | "registering" | "no_storage" | "behind";
  detail: string;
  channel?: string;
}

interface ServerSettings {
  trustProxy: boolean;
  /** The gateway listens on loopback alone. */
  isLoopback: boolean;
  maxConnections: number;
  allowPrivateEndpoints: boolean;
  publicUrl?: string;
  /** Where simulated accounts live; absent when this gateway may not use them. */
  simulatorUrl?: string;
  /** What `npm start` prints: it signs a browser of this machine in with this key, while this process runs. */
  signInLink?: SignInLink;
}

export interface SignInLink {
  secret: string;
  keyId: string;
}
