import { DatabaseSync } from "node:sqlite";
import type { Chance } from "../fuzz/chance.ts";
import type { Agenda } from "./agenda.ts";
import type { Plan } from "./plan.ts";

/** SQLite's own refusal: https://sqlite.org/rescode.html#full, read 2026-11-22. */
const full = 13;

/** The disk that all of a run's lives write to. */
export class Disk {
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #phases: Plan["full"];
  readonly #refuses: () => void;
  /** How often it had no room, and when last. */
  refusals = 0;
  refusedAt = Number.NEGATIVE_INFINITY;

  constructor(agenda: Agenda, chance: Chance, phases: Plan["full"], refuses: () => void) {
    this.#refuses = refuses;
    this.#agenda = agenda;
    this.#chance = chance;
    this.#phases = phases;
  }

  /** Whether a commit finds no room. Where others free and take some all the while, it is so for some of them. */
  get isFull(): boolean {
    const { now } = this.#agenda;
    const phase = this.#phases.find(({ at, forMs }) => now >= at && now < at + forMs);
    const isFull = phase !== undefined && (phase.isWhole || this.#chance.once(2));
    if (!isFull) return false;
    this.refusals++;
    this.refusedAt = now;
    this.#refuses();
    return true;
  }
}

const really = DatabaseSync.prototype.exec;

/** SQLite meets this disk when it commits. Gives what ends that. */
export function putInPlace(disk: Disk): () => void {
  DatabaseSync.prototype.exec = function exec(sql: string): void {
    if (sql === "COMMIT" && disk.isFull)
      throw Object.assign(new Error("database or disk is full"), { errcode: full });
    really.call(this, sql);
  };
  return () => {
    DatabaseSync.prototype.exec = really;
  };
}
