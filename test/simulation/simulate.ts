import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { keyring } from "../../src/store/conformance/harness.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { accounts, channelOf } from "./accounts.ts";
import { audit } from "./audit.ts";
import type { Violation } from "./chronicle.ts";
import { endpointUrl } from "./customer.ts";
import { putInPlace } from "./disk.ts";
import { planOf } from "./plan.ts";
import { beginning } from "./told.ts";
import { World } from "./world.ts";

export interface Outcome {
  seed: number;
  violations: Violation[];
  lines: string[];
  /** Of the lines. */
  hash: string;
  figures: { messages: number; lives: number; calls: number; hours: number };
}

const realTurn = setImmediate;
const realTimer = setTimeout;
/** A run that has not come to rest after so much never will. */
const mostSteps = 100_000;
const mostTurns = 1_000;

/** Runs seeds one after the other, all from the same beginning. Memory serves as its disk where there is such a folder. */
export class Simulation {
  readonly #folder = mkdtempSync(
    join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "antiphon-simulation-"),
  );
  readonly #template = join(this.#folder, "template");

  static async open(): Promise<Simulation> {
    const simulation = new Simulation();
    await simulation.#prepare();
    return simulation;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  async run(seed: number): Promise<Outcome> {
    const folder = join(this.#folder, String(seed));
    mkdirSync(folder);
    const world = new World(planOf(seed), folder);
    const giveBack = takeTurns(world);
    const takeOut = putInPlace(world.disk);
    try {
      await play(world, this.#template);
    } finally {
      giveBack();
      takeOut();
      world.life?.release();
      rmSync(folder, { recursive: true });
    }
    const { chronicle, judge, agenda } = world;
    const figures = {
      messages: judge.cases.size,
      lives: world.lives,
      calls: judge.taken.length,
      hours: agenda.now / 3_600_000,
    };
    const { violations, lines, hash } = chronicle;
    return { seed, violations, lines, hash, figures };
  }

  async #prepare(): Promise<void> {
    mkdirSync(this.#template);
    const file = join(this.#template, "antiphon.db");
    // Small pages: a commit writes whole ones, and this is most of what a run costs.
    const empty = new DatabaseSync(file);
    empty.exec(`PRAGMA page_size = 512; VACUUM`);
    empty.close();
    const store = await openSqlite({ file, mint: (prefix) => `${prefix}_0`, windowMs: () => null, keyring });
    for (const account of accounts) await store.addChannel(channelOf(account, beginning));
    const secret = `whsec_${Buffer.alloc(24, "simulation").toString("base64")}`;
    const endpoint = { id: "endpoint", url: endpointUrl, secret, events: [], channels: [], enabled: true };
    await store.addEndpoint({ ...endpoint, format: "antiphon", ordered: false, createdAt: beginning });
    await store.close();
  }
}

async function play(world: World, template: string): Promise<void> {
  const onRejection = (reason: unknown) =>
    world.chronicle.wrong("broken", `unhandled: ${(reason as Error)?.stack}`);
  process.on("unhandledRejection", onRejection);
  try {
    world.begin(template);
    let steps = 0;
    do {
      // All that can happen without time passing has happened then.
      await new Promise((resolve) => realTurn(resolve));
      if (world.chronicle.violations.length > 0) return;
      world.look();
      if (++steps > mostSteps) world.chronicle.wrong("stuck", "there is no end to it");
    } while (await goesOn(world));
    await audit(world);
  } finally {
    process.off("unhandledRejection", onRejection);
  }
}

/** The end of a life takes some turns of the event loop, and may be all that there is left to happen. */
async function goesOn(world: World): Promise<boolean> {
  if (world.agenda.step()) return true;
  for (let turns = 0; world.isEnding && turns < mostTurns; turns++)
    await new Promise((resolve) => realTurn(resolve));
  return world.agenda.step();
}

/** What the gateway's store and transport ask of the event loop itself comes to pass on the agenda too. */
function takeTurns(world: World): () => void {
  const later = (ms: number, run: () => void) => world.life?.later(ms, run) ?? (() => {});
  Object.assign(globalThis, {
    setImmediate: (run: () => void) => world.life?.turn(run),
    setTimeout: (run: () => void, ms: number) => later(ms, run),
    clearTimeout: (cancel: unknown) => typeof cancel === "function" && cancel(),
  });
  return () =>
    Object.assign(globalThis, { setImmediate: realTurn, setTimeout: realTimer, clearTimeout: realClear });
}
const realClear = clearTimeout;
