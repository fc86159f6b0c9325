import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { FilePlaces } from "./file-places.ts";

const never = new AbortController().signal;
const owner = (channelId: string, host: string) => ({ channelId, host });

/** Who got a place, of those that ask in this order. */
async function entered(places: FilePlaces, owners: ReturnType<typeof owner>[]): Promise<boolean[]> {
  const isInside = owners.map(() => false);
  for (const [index, one] of owners.entries()) {
    void places.enter(one, never).then(() => {
      isInside[index] = true;
    });
  }
  await turn();
  return isInside;
}

describe("places for files", () => {
  const rows: [title: string, owners: ReturnType<typeof owner>[], inside: boolean[]][] = [
    [
      "a host has two, and who comes after it goes ahead",
      [owner("a", "x"), owner("b", "x"), owner("c", "x"), owner("a", "y")],
      [true, true, false, true],
    ],
    [
      "a channel has three, and leaves the fourth to others",
      [owner("a", "w"), owner("a", "x"), owner("a", "y"), owner("a", "z"), owner("b", "z")],
      [true, true, true, false, true],
    ],
    [
      "all have four",
      [owner("a", "v"), owner("b", "w"), owner("c", "x"), owner("d", "y"), owner("e", "z")],
      [true, true, true, true, false],
    ],
  ];
  for (const [title, owners, inside] of rows) {
    it(title, async () => assert.deepEqual(await entered(new FilePlaces(), owners), inside));
  }

  it("who leaves lets in who waits longest for that place", async () => {
    const places = new FilePlaces();
    await entered(places, [owner("a", "x"), owner("a", "x")]);
    const order: string[] = [];
    for (const channelId of ["b", "c"])
      void places.enter(owner(channelId, "x"), never).then(() => order.push(channelId));
    places.leave(owner("a", "x"));
    await turn();
    assert.deepEqual(order, ["b"]);
    places.leave(owner("a", "x"));
    await turn();
    assert.deepEqual(order, ["b", "c"]);
  });

  it("who gives up waiting takes none", async () => {
    const places = new FilePlaces();
    await entered(places, [owner("a", "x"), owner("a", "x")]);
    const stop = new AbortController();
    const waiting = places.enter(owner("b", "x"), stop.signal);
    stop.abort();
    assert.equal(await waiting, false);
    assert.equal(await places.enter(owner("b", "y"), stop.signal), false);
    places.leave(owner("a", "x"));
    assert.equal(await places.enter(owner("c", "x"), never), true);
  });
});
