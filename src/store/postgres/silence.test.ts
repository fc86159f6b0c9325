import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { eventually } from "../../../test/support/eventually.ts";
import { Attended, Silence } from "./silence.ts";

/** A connection on which something is waited for, and what PostgreSQL says of it at each look. */
function waiting(look: (nth: number, socket: { bytesRead: number }) => "works" | "does not") {
  const socket = { bytesRead: 100, isEnded: false, destroy: () => (socket.isEnded = true) };
  let looks = 0;
  const aside = {
    exec: async () => {
      const said = look(++looks, socket);
      return { rows: said === "works" ? [{}] : [] };
    },
  };
  const silence = new Silence(aside, { afterMs: 3, everyMs: 1 });
  const attended = new Attended(silence, socket as unknown as Socket, { pid: 1, start: "1" });
  attended.asked();
  return { socket, attended, silence, looked: () => looks };
}

test("a connection that PostgreSQL does not work on is ended at the second look, and what was made before is doubtful", async () => {
  const { socket, silence, looked } = waiting(() => "does not");
  const before = new Attended(silence, {} as Socket, { pid: 2, start: "1" });
  await eventually("its end", () => socket.isEnded || undefined);
  assert.equal(looked(), 2);
  assert.equal(before.isDoubtful, true);
  assert.equal(new Attended(silence, {} as Socket, { pid: 3, start: "1" }).isDoubtful, false);
});

test("a connection on which something comes while it is looked at is not ended", async () => {
  const { socket, attended, looked } = waiting((_, socket) => {
    socket.bytesRead++;
    return "does not";
  });
  await eventually("six looks", () => looked() >= 6 || undefined);
  assert.equal(socket.isEnded, false);
  attended.answered();
});

test("a connection that PostgreSQL works on at every second look is not ended", async () => {
  const { socket, attended, looked } = waiting((nth) => (nth % 2 === 0 ? "works" : "does not"));
  await eventually("six looks", () => looked() >= 6 || undefined);
  assert.equal(socket.isEnded, false);
  attended.answered();
});

test("a connection whose answer comes with the second look is not ended, nor looked at again", async () => {
  const { socket, attended, silence, looked } = waiting((nth) => {
    if (nth === 2) attended.answered();
    return "does not";
  });
  await eventually("two looks", () => looked() >= 2 || undefined);
  // Another one, begun later, is ended: by then this one would have been.
  const other = { bytesRead: 0, isEnded: false, destroy: () => (other.isEnded = true) };
  new Attended(silence, other as unknown as Socket, { pid: 2, start: "1" }).asked();
  await eventually("the end of the other", () => other.isEnded || undefined);
  assert.equal(socket.isEnded, false);
});
