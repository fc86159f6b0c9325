import type { AuditingStore } from "./auditing.ts";
import type { AuthorizingStore } from "./authorizing.ts";
import type { BackingStore } from "./backing.ts";
import type { ConnectingStore } from "./connecting.ts";
import type { DeliveringStore } from "./delivering.ts";
import type { ErasingStore } from "./erasing.ts";
import type { HealthStore } from "./health.ts";
import type { KeyedStore } from "./keyed.ts";
import type { SealingStore } from "./keyring.ts";
import type { Lease, LeasingStore } from "./leasing.ts";
import type { NotifyingStore } from "./notifying.ts";
import type { ReadingStore } from "./reading.ts";
import type { ReceivingStore } from "./receiving.ts";
import type { ReplayingStore } from "./replaying.ts";
import type { RetainingStore } from "./retaining.ts";
import type { SendingStore } from "./sending.ts";
import type { SigningInStore } from "./signing-in.ts";
import type { SpreadingStore } from "./spreading.ts";
import type { SuspectingStore } from "./suspecting.ts";
import type { TallyingStore } from "./tallying.ts";
import type { TellingStore } from "./telling.ts";
import type { UpkeepStore } from "./upkeep.ts";

/** Mints an id that sorts by time: `mint("evt")` is `evt_…`. Handed in, so that the store is repeatable in tests. */
export type Mint = (prefix: string) => string;

/**
 * The store: intentions, each one transaction, durable when its promise fulfils. Everything that is asked for in
 * one turn of the event loop is committed together. Reads see every fulfilled write. Lists come newest first, and a
 * page goes on below the last row it showed.
 */
export interface Store
  extends AuthorizingStore,
    ConnectingStore,
    KeyedStore,
    LeasingStore,
    SendingStore,
    ReceivingStore,
    NotifyingStore,
    DeliveringStore,
    ReplayingStore,
    ReadingStore,
    SealingStore,
    ErasingStore,
    BackingStore,
    AuditingStore,
    RetainingStore,
    SigningInStore,
    SpreadingStore,
    SuspectingStore,
    HealthStore,
    TallyingStore,
    TellingStore,
    UpkeepStore {
  /** The same store, where each change is refused (`conflict`) once the lease is over: looked up in its transaction. */
  under(lease: Lease): Store;
  /** Resolves when everything asked for is committed; the file is then unlocked. */
  close(): Promise<void>;
}
