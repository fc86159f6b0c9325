import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Chance } from "../fuzz/chance.ts";
import { cutAt } from "./cut.ts";
import { readRecord, type Step } from "./record.ts";

const file = "/data/antiphon.db-wal";
const page = (fill: number) => Buffer.alloc(4096, fill);
const write = (at: number, fill: number): Step => ({ kind: "write", file, at, bytes: page(fill) });
const steps: Step[] = [
  write(0, 1),
  { kind: "sync", file },
  { kind: "told", messageId: "msg_1" },
  write(4096, 2),
  { kind: "told", messageId: "msg_2" },
];
const cut = (instant: number, seed: number) =>
  cutAt(steps, instant, { start: new Map(), chance: new Chance(seed) });

test("a cut keeps what was synced whole, and of what was not any of its sectors", () => {
  const kept = Array.from({ length: 20 }, (_, seed) => cut(4, seed).files.get(file)!);
  assert.ok(kept.every((bytes) => bytes.subarray(0, 4096).equals(page(1))));
  assert.ok(kept.some((bytes) => bytes.includes(2) && bytes.subarray(4096).includes(0)));
});

test("a cut before the sync keeps nothing for certain, and what was told counts from its answer on", () => {
  const kept = Array.from({ length: 20 }, (_, seed) => cut(1, seed).files.get(file)!);
  assert.ok(kept.some((bytes) => !bytes.equals(page(1))));
  assert.deepEqual([...cut(2, 1).told], []);
  assert.deepEqual([...cut(3, 1).told], ["msg_1"]);
});

const hex = (text: string) => Buffer.from(text).toString("hex").replaceAll(/../g, "\\x$&");
const answer = `HTTP/1.1 202 Accepted\r\n\r\n{"id":"msg_7","status":"accepted"}`;

test("a record holds what was done in the order in which it was answered, by any thread", async () => {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-record-"));
  const log = join(folder, "log");
  const lines = [
    `10 pwrite64(21<${hex(file)}>, "${hex("ab")}", 2, 512) = 2`,
    `10 fsync(21<${hex(file)}> <unfinished ...>`,
    `11 write(9<${hex("socket:[1]")}>, "${hex(answer)}", 60) = 60`,
    "10 <... fsync resumed>)              = 0",
    `10 ftruncate(21<${hex(file)}>, 8192) = 0`,
    `10 pwrite64(21<${hex(file)}>, "${hex("ab")}", 2, 0) = -1 ENOSPC (No space left on device)`,
  ];
  writeFileSync(log, lines.join("\n"));
  const steps = await readRecord(log, "/data");
  rmSync(folder, { recursive: true });
  assert.deepEqual(steps, [
    { kind: "write", file, at: 512, bytes: Buffer.from("ab") },
    { kind: "told", messageId: "msg_7" },
    { kind: "sync", file },
    { kind: "cut", file, length: 8192 },
  ]);
});
