import type { Cluster, Name } from "../../store/leasing.ts";

/** What a node is to take up, and what to give away. */
export interface Share {
  claim: Name[];
  give: Name[];
}

/**
 * The even spread of all names over the nodes, for one of them. Each node finds the same from the same cluster, so they
 * need not talk: of each kind a node works for as many as any other, or one more, and those that have most keep most, so
 * that a join, a leave and a crash move as few as can be.
 */
export function shareOf(me: string, { nodes, leases, names }: Cluster): Share {
  const share: Share = { claim: [], give: [] };
  const alive = nodes.map(({ id }) => id).sort();
  if (!alive.includes(me)) return share;
  const owners = new Map(leases.map(({ name, node }) => [name, node]));
  kindsOf(names).forEach((ofKind, turn) => {
    const own = part(me, rotated(alive, turn), { names: ofKind.sort(), owners });
    share.claim.push(...own.claim);
    share.give.push(...own.give);
  });
  // What there is no more is nobody's work.
  const known = new Set(names);
  share.give.push(
    ...leases.filter(({ name, node }) => node === me && !known.has(name)).map(({ name }) => name),
  );
  return share;
}

/** `alive`: who comes first gets the odd one. */
function part(
  me: string,
  alive: readonly string[],
  { names, owners }: { names: readonly Name[]; owners: ReadonlyMap<Name, string> },
): Share {
  const held = new Map<string, Name[]>(alive.map((id) => [id, []]));
  const free: Name[] = [];
  for (const name of names) (held.get(owners.get(name) ?? "") ?? free).push(name);
  const most = [...alive].sort((a, b) => held.get(b)!.length - held.get(a)!.length);
  const odd = names.length % alive.length;
  const target = (id: string) => Math.floor(names.length / alive.length) + Number(most.indexOf(id) < odd);
  let taken = 0;
  for (const id of alive) {
    const lacks = target(id) - held.get(id)!.length;
    if (id === me)
      return { claim: free.slice(taken, taken + Math.max(0, lacks)), give: held.get(id)!.slice(target(id)) };
    taken += Math.max(0, lacks);
  }
  return { claim: [], give: [] };
}

function kindsOf(names: readonly Name[]): Name[][] {
  return [...Map.groupBy(names, (name) => name.split(" ", 1)[0]).values()];
}

/** So that not all kinds have their odd one on the same node. */
function rotated(ids: readonly string[], by: number): string[] {
  const at = by % ids.length;
  return [...ids.slice(at), ...ids.slice(0, at)];
}
