import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Cluster, Lease, Name } from "../../store/leasing.ts";
import { shareOf } from "./shares.ts";

const runs = { numRuns: 300 };
const nodeIds = ["a", "b", "c", "d", "e"];

/** Some nodes, some names of several kinds, and whoever has which of them now: nobody, a node, or one that has ended. */
const clusters = fc
  .record({
    alive: fc.integer({ min: 1, max: nodeIds.length }),
    channels: fc.integer({ min: 0, max: 20 }),
    endpoints: fc.integer({ min: 0, max: 7 }),
    owners: fc.array(fc.integer({ min: -1, max: nodeIds.length - 1 }), { minLength: 28, maxLength: 28 }),
  })
  .map(({ alive, channels, endpoints, owners }): Cluster => {
    const names: Name[] = [
      "once",
      ...Array.from({ length: channels }, (_, n): Name => `channel ${n}`),
      ...Array.from({ length: endpoints }, (_, n): Name => `endpoint ${n}`),
    ];
    const nodes = nodeIds.slice(0, alive).map((id) => ({ id, beat: 1 }));
    const leases = names.flatMap((name, index): Lease[] => {
      const node = nodeIds[owners[index] ?? -1];
      return node !== undefined && nodes.some(({ id }) => id === node) ? [{ name, node, fence: 1 }] : [];
    });
    return { nodes, leases, names };
  });

/** What becomes of the cluster when every node does its share: first they give, then they claim. */
function settled(cluster: Cluster): { cluster: Cluster; moved: number } {
  const given = new Set(cluster.nodes.flatMap(({ id }) => shareOf(id, cluster).give));
  const kept = { ...cluster, leases: cluster.leases.filter(({ name }) => !given.has(name)) };
  const claimed = kept.nodes.flatMap(({ id }) =>
    shareOf(id, kept).claim.map((name): Lease => ({ name, node: id, fence: 2 })),
  );
  return { cluster: { ...kept, leases: [...kept.leases, ...claimed] }, moved: given.size };
}

function counts({ nodes, leases }: Cluster, kind: string): number[] {
  return nodes.map(
    ({ id }) => leases.filter(({ name, node }) => node === id && name.startsWith(kind)).length,
  );
}

describe("how names are spread over nodes", () => {
  test("each name comes to one node, and of each kind no node has more than one above another", () => {
    fc.assert(
      fc.property(clusters, (before) => {
        const { cluster } = settled(before);
        assert.deepEqual(cluster.leases.map(({ name }) => name).sort(), [...before.names].sort());
        for (const kind of ["channel", "endpoint", "once"]) {
          const all = counts(cluster, kind);
          assert.ok(Math.max(...all) - Math.min(...all) <= 1, `${kind}: ${all}`);
        }
      }),
      runs,
    );
  });

  test("what is spread evenly stays where it is", () => {
    fc.assert(
      fc.property(clusters, (before) => {
        const { cluster } = settled(before);
        for (const { id } of cluster.nodes) assert.deepEqual(shareOf(id, cluster), { claim: [], give: [] });
      }),
      runs,
    );
  });

  test("a fourth node gets a quarter, and nothing else moves", () => {
    const nodes = ["a", "b", "c"].map((id) => ({ id, beat: 0 }));
    const names = Array.from({ length: 120 }, (_, n): Name => `channel ${n}`);
    const { cluster } = settled({ nodes, names, leases: [] });
    const joined = settled({ ...cluster, nodes: [...nodes, { id: "d", beat: 0 }] });
    assert.equal(joined.moved, 30);
    assert.deepEqual(counts(joined.cluster, "channel"), [30, 30, 30, 30]);
  });

  test("when a node has ended only its names move", () => {
    const nodes = ["a", "b", "c"].map((id) => ({ id, beat: 0 }));
    const names = Array.from({ length: 90 }, (_, n): Name => `channel ${n}`);
    const { cluster } = settled({ nodes, names, leases: [] });
    const left = {
      ...cluster,
      nodes: nodes.slice(0, 2),
      leases: cluster.leases.filter(({ node }) => node !== "c"),
    };
    const { cluster: after, moved } = settled(left);
    assert.equal(moved, 0);
    assert.deepEqual(counts(after, "channel"), [45, 45]);
  });

  test("what is removed is given away, and who does not take part gets nothing", () => {
    const leases: Lease[] = [{ name: "channel gone", node: "a", fence: 3 }];
    const cluster: Cluster = { nodes: [{ id: "a", beat: 0 }], leases, names: ["once"] };
    assert.deepEqual(shareOf("a", cluster), { claim: ["once"], give: ["channel gone"] });
    assert.deepEqual(shareOf("stranger", cluster), { claim: [], give: [] });
  });
});
