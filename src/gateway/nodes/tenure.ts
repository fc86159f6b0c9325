import { GatewayError } from "../../core/problem.ts";
import type { Name, Realm } from "../../store/leasing.ts";
import type { Store } from "../../store/store.ts";
import type { Gateway } from "../gateway.ts";

/** Work that is taken up with a name, and let go with it. */
export interface Worker {
  /** These names are this node's from now on. */
  takeUp(names: readonly Name[]): void;
  /** Begins nothing more for this name; fulfils when what is under way for it has ended. */
  drop(name: Name): Promise<void>;
  /** These are surely this node's again, after a while in doubt: what was passed over meanwhile is taken up. */
  goOn?(names: readonly Name[]): void;
}

/** What is this node's to work on. With one node, all of it, always; with many, each name is one node's at a time. */
export interface Tenure {
  /** Other nodes may work on the same store. */
  readonly isShared: boolean;
  /** This node's name among them, while it takes part. */
  readonly id: string | undefined;
  owns(name: Name): boolean;
  /** For now it cannot be told whether it owns anything: `owns` is false, and may be true again. */
  readonly isInDoubt: boolean;
  /** Whether no other node can have taken the name over until now: to be asked just before something leaves. */
  stillStands(name: Name): boolean;
  /** The same store, by which nothing is changed any more (`conflict`) once another node works for this name. */
  guarded(store: Store, name: Name): Store;
  attend(worker: Worker): void;
  /** There may be names that nobody works for yet. */
  lookForWork(): void;
  /** There is something to do for a name that is another node's. */
  tellOwner(name: Name): void;
}

/** One process is alone with its store, and owns whatever is in it. */
export const soleTenure: Tenure = {
  isInDoubt: false,
  isShared: false,
  id: undefined,
  owns: () => true,
  stillStands: () => true,
  guarded: (store) => store,
  attend: () => {},
  lookForWork: () => {},
  tellOwner: () => {},
};

/** To be asked when a name is taken up: what is passed over while nothing is owned for sure would not be come back to. */
export function refuseInDoubt({ isInDoubt }: Tenure): void {
  if (isInDoubt) throw new GatewayError("unavailable", "No beat of this node could be stored for a while.");
}

/** The ids of one realm among these names. */
export function idsOf(realm: Exclude<Realm, "once">, names: readonly Name[]): string[] {
  const prefix = `${realm} `;
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

/** The gateway as it is used for the work of a name: what it changes is refused once that is another node's. */
export function heldFor(gateway: Gateway, name: Name): Gateway {
  const store = gateway.tenure.guarded(gateway.store, name);
  return store === gateway.store ? gateway : { ...gateway, store };
}

/** What all nodes do once between them, in parts that may be done twice: only who is to begin them is owned. */
export function onceWorker(begin: () => void): Worker {
  const takeUp = (names: readonly Name[]) => {
    if (names.includes("once")) begin();
  };
  return {
    takeUp,
    goOn: takeUp,
    drop: async () => {},
  };
}
