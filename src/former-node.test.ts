import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FormerNode } from "./former-node.ts";

function inFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-former-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a data folder remembers which node its last gateway was", () =>
  inFolder((folder) => {
    const first = new FormerNode(folder);
    assert.equal(first.id, undefined);
    first.keep("node-1");
    first.keep("node-2");
    first.close();
    const next = new FormerNode(folder);
    assert.equal(next.id, "node-2");
    next.close();
  }));

test("one gateway at a time has a data folder, and the second is told what to do", () =>
  inFolder((folder) => {
    const first = new FormerNode(folder);
    const refusal = {
      code: "unavailable",
      message: /Another gateway runs on the folder .* set ANTIPHON_DATA\./,
    };
    assert.throws(() => new FormerNode(folder), refusal);
    first.close();
    new FormerNode(folder).close();
  }));

test("a folder that was copied to another machine names no node: that one may live", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "node"), "node-1\nanother-machine\n");
    const copied = new FormerNode(folder);
    assert.equal(copied.id, undefined);
    copied.close();
  }));
