import { GatewayError } from "./core/problem.ts";
import { bootstrapId } from "./gateway/access/key-text.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { leaseMs } from "./gateway/nodes/life.ts";
import { rest } from "./gateway/rest.ts";

type Tools = Pick<Gateway, "keys" | "store" | "clock" | "log" | "tenure">;

const lookEveryMs = 500;
const another =
  "ANTIPHON_API_KEY is not the key that the nodes which run on this database were started with: it would take the place of theirs, and whoever calls them would be refused. Give all nodes the same ANTIPHON_API_KEY, or stop them all before one starts with another.";

/** Starts with this key. It takes the place of another one only where no node runs that was started with that. */
export async function takeStartKey(tools: Tools, hash: string): Promise<void> {
  const { keys, store, clock, log, tenure } = tools;
  if (!keys.hasBootstrap && (await keys.firstBootstrap(hash))) return;
  const former = keys.get(bootstrapId);
  const isReplaced = former !== undefined && former.hash !== hash;
  if (isReplaced && tenure.isShared && (await isAnyoneAlive(tools)))
    throw new GatewayError("conflict", another);
  await keys.bootstrap(hash);
  if (!isReplaced) return;
  log.warn(
    { key: bootstrapId },
    "the API key of the start was replaced: the former one is refused from now on",
  );
  const by = { keyId: bootstrapId, keyName: former.name, target: bootstrapId };
  await store.addAudit({
    ...by,
    at: clock.now(),
    action: "start",
    fields: ["ANTIPHON_API_KEY"],
    address: "",
    status: 200,
  });
}

/** A node that was killed is still listed: one lives that beats. */
async function isAnyoneAlive({ store, clock }: Tools): Promise<boolean> {
  const { nodes } = await store.cluster();
  const beats = new Map(nodes.map(({ id, beat }) => [id, beat]));
  if (beats.size === 0) return false;
  for (let waitedMs = 0; waitedMs < leaseMs; waitedMs += lookEveryMs) {
    await rest(clock, lookEveryMs, new AbortController().signal);
    const now = await store.cluster();
    if (now.nodes.some(({ id, beat }) => beats.get(id) !== beat)) return true;
  }
  return false;
}
