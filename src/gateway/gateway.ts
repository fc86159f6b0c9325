import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { Meter } from "../core/meter.ts";
import type { AppProvider, Platform, PlatformName } from "../core/platform.ts";
import type { Random } from "../core/retry.ts";
import type { Tracing } from "../core/tracing.ts";
import type { Mint, Store } from "../store/store.ts";
import type { Keys } from "./access/keys.ts";
import type { Sessions } from "./access/sessions.ts";
import type { Apps } from "./connecting/apps.ts";
import type { Channels } from "./connecting/channels.ts";
import type { Tenure } from "./nodes/tenure.ts";
import type { RefusedWebhooks } from "./receiving/refused-webhooks.ts";
import type { Suspects } from "./receiving/suspects.ts";
import type { Admission } from "./sending/admission.ts";
import type { Echoes } from "./sending/echoes.ts";
import type { Journal } from "./sending/journal.ts";
import type { Lane } from "./sending/seats.ts";
import type { Uploads } from "./sending/upload.ts";
import type { Signal } from "./signal.ts";
import type { Transport } from "./transport.ts";

/** What every use case works with. Made once, in the composition root. */
export interface Gateway {
  store: Store;
  admission: Admission;
  apps: Apps;
  channels: Channels;
  keys: Keys;
  /** Who is signed in to the console. */
  sessions: Sessions;
  platforms: Record<PlatformName, Platform>;
  /** Whose apps get one webhook for all the channels that they serve. */
  provider: AppProvider;
  transport: Transport;
  journal: Journal;
  echoes: Echoes;
  uploads: Uploads;
  refusedWebhooks: RefusedWebhooks;
  /** One for all that read payloads: a suspect is read alone. */
  suspects: Suspects;
  /** Whose work is whose, where several nodes share a store. */
  tenure: Tenure;
  clock: Clock;
  random: Random;
  mint: Mint;
  log: Log;
  meter: Meter;
  tracing: Tracing;
  /** A message was accepted, by this node: its channel's id. */
  accepted: Signal<string>;
  /** A lane has something to send. */
  laneReady: Signal<Lane>;
  /** A channel has payloads to digest: its id. */
  payloadsReady: Signal<string>;
  /** An app has payloads to route: its id. */
  appPayloadsReady: Signal<string>;
  /** Events were written: deliveries may be due, streams have something to show. */
  eventsWritten: Signal<void>;
}
