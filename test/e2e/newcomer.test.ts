import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { eventually, withinMs } from "../support/eventually.ts";
import { freePort, send } from "../support/stack.ts";

const root = join(import.meta.dirname, "..", "..");
const installWithinMs = 120_000;
const maxDownloadBytes = 150 * 1024 * 1024;

/** A clone with nothing but what is committed or about to be, an npm cache of its own, and free ports. */
const home = mkdtempSync(join(tmpdir(), "antiphon-newcomer-"));
const clone = join(home, "clone");
const cache = join(home, "npm-cache");
let port = 0;
let simulatorPort = 0;

before(async () => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of files.trim().split("\n")) {
    mkdirSync(join(clone, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(clone, file), { recursive: true });
  }
  port = await freePort();
  simulatorPort = await freePort();
});
after(() => rmSync(home, { recursive: true, force: true }));

/** The PATH of someone who has only the system's Node.js: without this repository's pinned one. */
function systemPath(): string {
  return (process.env.PATH ?? "")
    .split(":")
    .filter((folder) => !folder.includes("node_modules"))
    .join(":");
}

class NpmRun {
  output = "";
  readonly child: ChildProcess;
  readonly startedMs = performance.now();

  readonly port: number;

  constructor(args: string[], port: number, env: Record<string, string> = {}) {
    this.port = port;
    this.child = spawn("npm", args, {
      cwd: clone,
      env: {
        HOME: process.env.HOME,
        PATH: systemPath(),
        npm_config_cache: cache,
        PORT: String(port),
        SIMULATOR_PORT: String(simulatorPort),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
  }

  async ready(soonMs: number): Promise<number> {
    await eventually(
      "200 from /readyz",
      async () => {
        if (this.child.exitCode !== null) throw new Error(`npm ended:\n${this.output}`);
        const answer = await send(`http://127.0.0.1:${this.port}/readyz`, "GET", undefined, {}).catch(
          () => undefined,
        );
        return answer?.status === 200 || undefined;
      },
      soonMs,
    );
    return performance.now() - this.startedMs;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(this.child, "exit");
    this.child.kill(signal);
    await exited;
    return this.child.exitCode;
  }
}

/** The blocks that begin with `curl` and end before a blank line. */
function pastes(output: string): string[] {
  return output.split(/\n\s*\n/).filter((block) => block.startsWith("curl"));
}

function paste(command: string): string {
  return execFileSync("bash", ["-c", command], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

function bytesIn(folder: string): number {
  return Number(execFileSync("du", ["-sb", folder], { encoding: "utf8" }).split("\t")[0]);
}

test("a fresh clone with an empty npm cache starts, its pastes work, and a second start finds the same data", async (t) => {
  const first = new NpmRun(["start"], port);
  // Begun while the other installs, it waits for it and does not install again.
  const beside = new NpmRun(["run", "serve"], await freePort(), { ANTIPHON_DATA: join(home, "beside") });
  await Promise.all([first.ready(installWithinMs), beside.ready(installWithinMs)]);
  const installs = `${first.output}${beside.output}`;
  assert.equal(installs.match(/^Installing the locked dependencies/gm)?.length, 1, installs);
  assert.match(installs, /^Another process is installing the dependencies; waiting for it\.$/m);
  assert.equal(await beside.end("SIGTERM"), 0, beside.output);
  const [sendPaste = "", tapPaste = "", watchPaste = ""] = pastes(first.output);
  assert.equal(pastes(first.output).length, 3, first.output);
  assert.ok(bytesIn(cache) <= maxDownloadBytes, `${bytesIn(cache)} bytes were downloaded`);
  t.diagnostic(`downloaded ${(bytesIn(cache) / 2 ** 20).toFixed(0)} MiB`);

  const sent = JSON.parse(paste(sendPaste));
  assert.match(sent.id, /^msg_/);
  const tapped = await eventually("tap", () => {
    const answer = JSON.parse(paste(tapPaste));
    return answer.code === undefined ? answer : undefined;
  });
  assert.ok(tapped);
  const events = await eventually("button_reply on the stream", () => {
    const text = paste(`timeout 2 ${watchPaste} || true`);
    return text.includes("button_reply") ? text : undefined;
  });
  assert.match(
    events,
    /"type":"interactive","interactive":\{"type":"button_reply","button_reply":\{"id":"SUPPORT","title":"Support"\}\}/,
  );

  const key = readFileSync(join(clone, "data", "api-key"), "utf8").trim();
  assert.equal(statSync(join(clone, "data", "api-key")).mode & 0o777, 0o600);
  assert.ok(first.output.includes(key));
  assert.equal(await first.end("SIGTERM"), 0, first.output);

  const second = new NpmRun(["start"], port);
  const readyMs = await second.ready(withinMs);
  t.diagnostic(`ready ${(readyMs / 1000).toFixed(2)} s after npm start`);
  assert.ok(second.output.includes(key), "the second start prints the same key");
  const kept = await send(`http://127.0.0.1:${port}/v1/messages/${sent.id}`, "GET", undefined, {
    "x-api-key": key,
  });
  assert.equal(kept.status, 200);
  assert.equal(await second.end("SIGINT"), 0, second.output);
});
