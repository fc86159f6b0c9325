import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
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

/** Which node's gateway a start on the folder takes for ended. */
function told(folder: string, boot: string | undefined = "boot-1"): string | undefined {
  const next = new FormerNode(folder, boot);
  try {
    return next.id;
  } finally {
    next.close();
  }
}

test("a data folder remembers which node its last gateway was", () =>
  inFolder((folder) => {
    const first = new FormerNode(folder, "boot-1");
    assert.equal(first.id, undefined);
    first.keep("node-1");
    first.keep("node-2");
    first.close();
    assert.equal(told(folder), "node-2");
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

test("a copy of a folder names no node, on the same machine neither: that one may live", () =>
  inFolder((folder) => {
    const [data, copy] = [join(folder, "data"), join(folder, "copy")];
    mkdirSync(data);
    const living = new FormerNode(data, "boot-1");
    living.keep("node-1");
    cpSync(data, copy, { recursive: true });
    assert.equal(told(copy), undefined);
    living.close();
    assert.equal(told(data), "node-1");
  }));

test("a folder names no node on another machine, nor where the machine tells nothing that a copy of it has not", () =>
  inFolder((folder) => {
    const first = new FormerNode(folder, "boot-1");
    first.keep("node-1");
    first.close();
    assert.equal(told(folder, "boot-2"), undefined);
    assert.equal(told(folder), "node-1");
    const file = join(folder, "node");
    writeFileSync(file, readFileSync(file, "utf8").replace(hostname(), "another-machine"));
    assert.equal(told(folder), undefined);
    const unknown = new FormerNode(folder, "");
    unknown.keep("node-2");
    assert.equal(unknown.id, undefined);
    unknown.close();
  }));
