import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** A process that answers each message with one of its own, and ends with its parent. */
export class Child {
  readonly process: ChildProcess;
  #words = "";

  private constructor(child: ChildProcess) {
    this.process = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#words = (this.#words + text).slice(-4_000);
    });
  }

  /** Starts a file of `bench` and waits for its first message. */
  static async start<First>(
    file: string,
    args: readonly string[] = [],
  ): Promise<{ child: Child; first: First }> {
    const child = new Child(
      fork(join(root, file), args, {
        serialization: "advanced",
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      }),
    );
    return { child, first: await child.#next<First>() };
  }

  async ask<Answer>(question: object): Promise<Answer> {
    const answer = this.#next<Answer>();
    this.process.send(question);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await exited;
  }

  async #next<Answer>(): Promise<Answer> {
    const ended = new AbortController();
    const fail = () => ended.abort();
    this.process.once("exit", fail);
    try {
      const [answer] = await once(this.process, "message", { signal: ended.signal });
      return answer as Answer;
    } catch {
      throw new Error(`a process of the benchmark ended: ${this.#words}`);
    } finally {
      this.process.off("exit", fail);
    }
  }
}

/** User and system time of a process and its threads until now, in seconds (man 5 proc: of 100 ticks a second). */
export function cpuSeconds(pid: number): number {
  const { own } = used(pid);
  return own;
}

/** The same of a process with its children, also those that have ended: of PostgreSQL, say. */
export function familyCpuSeconds(pid: number): number {
  const ofChildren = childrenOf(pid).map((child) => {
    try {
      return used(child).own;
    } catch {
      // It has just ended, and its parent counts it.
      return 0;
    }
  });
  const { own, ended } = used(pid);
  return ofChildren.reduce((sum, seconds) => sum + seconds, own + ended);
}

function used(pid: number): { own: number; ended: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  const seconds = (...at: number[]) => at.reduce((sum, field) => sum + Number(fields[field]), 0) / 100;
  return { own: seconds(11, 12), ended: seconds(13, 14) };
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

/** Resident memory now and at its highest, in MB. */
export function memoryMb(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1000;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}
