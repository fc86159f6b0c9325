import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import { test } from "node:test";
import { Connections } from "./connections.ts";

/** Connections of these addresses, one after the other. Gives the places of those that were ended, and how many are open. */
function come(max: number, addresses: string[]): { ended: number[]; open: number } {
  const server = new EventEmitter();
  const connections = new Connections(max);
  connections.follow(server as unknown as Server);
  const ended: number[] = [];
  for (const [place, remoteAddress] of addresses.entries()) {
    const socket = Object.assign(new EventEmitter(), { remoteAddress, destroy: () => ended.push(place) });
    server.emit("connection", socket);
  }
  return { ended, open: connections.open };
}

test("at the bound whoever has most loses the connection that waited longest", () => {
  assert.deepEqual(come(3, ["192.0.2.9", "192.0.2.1", "192.0.2.1", "192.0.2.2"]), { ended: [1], open: 3 });
});

test("one address has the same connections however a socket tells it, and so has a /64 of IPv6", () => {
  for (const [one, same] of [
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:0:7::1", "2001:db8:0:7:ffff::2"],
    ["2001:db8::1", "2001:0DB8:0:0::2"],
  ] as const)
    assert.deepEqual(come(3, ["192.0.2.9", one, same, "192.0.2.2"]), { ended: [1], open: 3 }, one);
});
