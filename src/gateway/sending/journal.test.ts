import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Answered, Journal } from "./journal.ts";

const nowhere = { debug() {}, info() {}, warn() {}, error() {} };

function inFile(run: (file: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-journal-"));
  try {
    run(join(folder, "receipts.journal"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function answered(callId: string, more: Partial<Answered> = {}): Answered {
  return { callId, attempt: 1, startedAt: 1, at: 2, httpStatus: 200, outcome: accepted, ...more };
}
const accepted: Answered["outcome"] = { kind: "accepted", platformIds: ["p1"], aliases: ["5411"] };

/** What the next run finds; the journal of this one is left as a kill leaves it. */
function foundIn(file: string): readonly Answered[] {
  const next = new Journal(file, nowhere);
  next.close();
  return next.found;
}

test("what was answered is found by the next run, until it says that all of it is committed", () =>
  inFile((file) => {
    new Journal(file, nowhere).keep(answered("call_1"));
    assert.deepEqual(foundIn(file), [answered("call_1")]);
    const next = new Journal(file, nowhere);
    assert.deepEqual(foundIn(file), [answered("call_1")]);
    next.clear();
    assert.deepEqual(foundIn(file), []);
  }));

test("an answer whose outcome is committed leaves the file with the last open one", () =>
  inFile((file) => {
    const journal = new Journal(file, nowhere);
    journal.keep(answered("call_1"));
    journal.keep(answered("call_2"));
    journal.release("call_1");
    assert.equal(foundIn(file).at(-1)?.callId, "call_2");
    journal.release("call_2");
    assert.equal(statSync(file).size, 0);
    journal.keep(answered("call_3"));
    assert.deepEqual(foundIn(file), [answered("call_3")]);
  }));

test("tidied, it holds no line but those of answers that are not committed", () =>
  inFile((file) => {
    const journal = new Journal(file, nowhere);
    for (const id of ["call_1", "call_2"]) journal.keep(answered(id));
    journal.release("call_1");
    journal.tidy();
    assert.deepEqual(foundIn(file), [answered("call_2")]);
    journal.keep(answered("call_3"));
    assert.deepEqual(foundIn(file), [answered("call_2"), answered("call_3")]);
    journal.release("call_2");
    journal.release("call_3");
    journal.tidy();
    assert.equal(statSync(file).size, 0);
  }));

test("a torn or altered line is no answer, and the lines around it are", () =>
  inFile((file) => {
    new Journal(file, nowhere).keep(answered("call_1"));
    const whole = readFileSync(file, "utf8");
    for (let length = 1; length < whole.length - 1; length += 7) {
      writeFileSync(file, `${whole}${whole.slice(0, length)}`);
      assert.deepEqual(foundIn(file), [answered("call_1")]);
    }
    writeFileSync(file, `${whole.replace("p1", "p2")}${whole}`);
    assert.deepEqual(foundIn(file), [answered("call_1")]);
    appendFileSync(file, "\0".repeat(4096));
    assert.deepEqual(foundIn(file), [answered("call_1")]);
  }));

test("the file is its owner's alone and holds no words of the platform", () =>
  inFile((file) => {
    writeFileSync(file, "", { mode: 0o644 });
    const problem = { code: "131009", message: "Parameter CANARY is not valid", hint: "CANARY" };
    const journal = new Journal(file, nowhere);
    journal.keep(answered("call_1", { outcome: { kind: "rejected", problem } }));
    journal.keep(answered("call_2", { outcome: { kind: "retry", scope: "contact", problem }, retryAt: 9 }));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!readFileSync(file, "utf8").includes("CANARY"));
    const [refused, again] = foundIn(file);
    assert.equal(refused?.outcome.kind === "rejected" && refused.outcome.problem.code, "131009");
    assert.deepEqual([again?.outcome.kind, again?.retryAt], ["retry", 9]);
  }));

test("open answers are kept however many there are, in a file that does not grow with those that are not", () =>
  inFile((file) => {
    const journal = new Journal(file, nowhere);
    journal.keep(answered("stuck"));
    for (let n = 0; n < 20_000; n++) {
      journal.keep(answered(`call_${n}`));
      journal.release(`call_${n}`);
    }
    assert.ok(statSync(file).size < 2 * 1024 * 1024);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(foundIn(file).some(({ callId }) => callId === "stuck"));
  }));
