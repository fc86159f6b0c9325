import { createHash } from "node:crypto";
import { closeSync, createReadStream, fsyncSync, openSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { GatewayError } from "../../core/problem.ts";
import type { Proof } from "../../store/backing.ts";
import type { Gateway } from "../gateway.ts";

export interface Backup {
  /** Its file's name in the folder of backups. */
  id: string;
  state: "under_way" | "done" | "failed";
  beganAt: number;
  /** All that was stored until then is in it: it is that of some moment between both. */
  endedAt?: number;
  bytes?: number;
  sha256?: string;
  proof?: Proof;
  reason?: string;
}

export interface BackupSettings {
  folder: string;
  /** How many are kept; 0: all. */
  keep: number;
}

const isName = /^antiphon-[0-9TZ-]+-[0-9a-f]{8}\.db$/;
/** What a backup that was broken off leaves: part of a copy. */
const isPart = /^antiphon-[0-9TZ-]+-[0-9a-f]{8}\.db\.partial(-journal|-wal|-shm)?$/;

/** Copies of the store, made while it is used, each read through before it counts. One at a time. */
export class Backups {
  readonly #gateway: Gateway;
  readonly #settings: BackupSettings;
  #latest: Backup | undefined;
  #underWay: Promise<void> | undefined;

  constructor(gateway: Gateway, settings: BackupSettings) {
    this.#gateway = gateway;
    this.#settings = settings;
  }

  get folder(): string {
    return this.#settings.folder;
  }

  /** Takes away what an earlier run was killed over: nobody lists it, and it holds texts. */
  async start(): Promise<void> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    const hasFile = new Set(names.filter((name) => isName.test(name)).map((name) => `${name}.json`));
    const isAlone = (name: string) =>
      name.endsWith(".json") && isName.test(name.slice(0, -".json".length)) && !hasFile.has(name);
    for (const name of names.filter((one) => isPart.test(one) || isAlone(one))) {
      await rm(join(this.folder, name), { force: true });
      this.#gateway.log.warn({ file: name }, "part of a backup that was broken off is removed");
    }
  }

  /** Begins one; `conflict` while another is under way. */
  begin(): Backup {
    if (this.#underWay)
      throw new GatewayError("conflict", `The backup ${this.#latest?.id} is under way: wait for its end.`);
    const beganAt = this.#gateway.clock.now();
    const stamp = new Date(beganAt)
      .toISOString()
      .replace(/[:.]\d+Z$|:/g, "-")
      .replace(/-$/, "Z");
    const chance = this.#gateway.mint("b").slice(-8);
    const backup: Backup = { id: `antiphon-${stamp}-${chance}.db`, state: "under_way", beganAt };
    this.#latest = backup;
    this.#underWay = this.#make(backup).finally(() => {
      this.#underWay = undefined;
    });
    return backup;
  }

  /** The newest first. */
  async list(): Promise<Backup[]> {
    // Before the folder is read: one that ends meanwhile is not in it yet, and has its end when this is told.
    const latest = this.#latest && this.#latest.state !== "done" ? [this.#latest] : [];
    const names = await readdir(this.folder).catch(() => [] as string[]);
    const kept = names.filter((name) => isName.test(name) && name !== latest[0]?.id);
    const done = (await Promise.all(kept.map((name) => this.#read(name)))).filter((one) => one !== undefined);
    // By when they began: several names may be of one second.
    return [...latest, ...done.sort((a, b) => b.beganAt - a.beganAt || (a.id < b.id ? 1 : -1))];
  }

  async named(id: string): Promise<Backup | undefined> {
    return (await this.list()).find((one) => one.id === id);
  }

  async stop(): Promise<void> {
    await this.#underWay;
  }

  async #make(backup: Backup): Promise<void> {
    const { store, clock, log, meter } = this.#gateway;
    const file = join(this.folder, backup.id);
    const partial = `${file}.partial`;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await store.copyTo(partial);
      backup.endedAt = clock.now();
      const proof = await store.prove(partial);
      if (proof.faults.length > 0) throw new Error(`The copy is not sound: ${proof.faults.join("; ")}.`);
      const { size: bytes } = await stat(partial);
      Object.assign(backup, { bytes, sha256: await hashOf(partial), proof });
      writeFileSync(`${file}.json`, JSON.stringify({ ...backup, state: "done" }), {
        mode: 0o600,
        flush: true,
      });
      await rename(partial, file);
      syncFolder(this.folder);
      await this.#prune(backup).catch((err) => log.warn({ err }, "old backups could not be removed"));
      backup.state = "done";
      meter.count("antiphon_backups_total", { outcome: "done" });
      log.info({ backup: backup.id, bytes, ms: clock.now() - backup.beganAt }, "a backup is made");
    } catch (error) {
      Object.assign(backup, { state: "failed", reason: (error as Error).message });
      meter.count("antiphon_backups_total", { outcome: "failed" });
      log.error({ err: error, backup: backup.id }, "a backup could not be made");
      for (const left of [partial, `${partial}-journal`, `${file}.json`]) await rm(left, { force: true });
    }
  }

  async #read(name: string): Promise<Backup | undefined> {
    const text = await readFile(join(this.folder, `${name}.json`), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Backup);
  }

  /** The one just made stays, also where the wall clock was set back and says that it is the oldest. */
  async #prune(made: Backup): Promise<void> {
    const { keep } = this.#settings;
    if (keep === 0) return;
    const earlier = (await this.list()).filter(({ id, state }) => state === "done" && id !== made.id);
    for (const { id } of earlier.slice(keep - 1)) {
      await rm(join(this.folder, id), { force: true });
      await rm(join(this.folder, `${id}.json`), { force: true });
    }
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** A name is on the disk only when its folder is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
