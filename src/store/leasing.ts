/** Of what one node at a time works on: a channel, an endpoint's queue, an app's webhook, and what all nodes do once. */
export type Realm = "channel" | "endpoint" | "app" | "once";

/** What is leased: `channel 5f…`; of the realm `once` there is one. */
export type Name = `${Exclude<Realm, "once">} ${string}` | "once";

/** A name and the node that works for it. `fence` grows with each node that takes it up. */
export interface Lease {
  name: Name;
  node: string;
  fence: number;
}

/** A node that takes part; `beat` is counted up as long as it lives. */
export interface NodeRow {
  id: string;
  beat: number;
}

/** The whole cluster as it is at one moment. */
export interface Cluster {
  /** Those that have not ended. */
  nodes: NodeRow[];
  /** Those of nodes that have not ended. */
  leases: Lease[];
  /** All that there is to work for. */
  names: Name[];
}

/**
 * Which node works for what, where several share a store. No time is stored: how long a beat has stood still each node
 * measures by its own clock.
 */
export interface LeasingStore {
  joinNodes(id: string): Promise<void>;
  /** False: the node has ended, and owns nothing any more. */
  beat(id: string): Promise<boolean>;
  /** Those that have not ended. Waits for nothing that is written or read meanwhile. */
  beats(): Promise<NodeRow[]>;
  cluster(): Promise<Cluster>;
  /** Ends a node, whose names are free by it. With `beat`, only if it has not beaten since; false: it has. */
  endNode(id: string, beat?: number): Promise<boolean>;
  /** Of these names those that nobody owned are this node's now; none, where it has ended. */
  claim(node: string, names: readonly Name[]): Promise<Lease[]>;
  release(leases: readonly Lease[]): Promise<void>;
}
