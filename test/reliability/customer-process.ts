import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";

const program = join(import.meta.dirname, "customer.ts");

/** What is read of an event that the customer was told. */
export interface Told {
  id: string;
  type: string;
  sequence: number;
  conversation?: { id: string };
  message: { id: string; text?: { body: string } };
}

/** A customer's endpoint as a process of its own, and the file in which it keeps what it was told. */
export class CustomerProcess {
  readonly url: Promise<string>;
  readonly #child: ChildProcess;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    writeFileSync(file, "");
    this.#child = spawn(process.execPath, [program, file], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.url = once(this.#child, "message").then(([{ url }]) => url);
  }

  /** In the order in which it was told, what came again too. */
  events(): Told[] {
    const lines = readFileSync(this.#file, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line)).filter(({ type }) => type !== "endpoint.test");
  }

  /** What it was told of each message last: `sent`, say. */
  told(): Map<string, string> {
    const told = this.events().sort((a, b) => a.sequence - b.sequence);
    return new Map(told.map(({ type, message }) => [message.id, type.replace("message.", "")]));
  }

  async end(): Promise<void> {
    this.#child.disconnect();
    await eventually("end of the customer", () => (this.#child.exitCode === null ? undefined : true));
  }
}
