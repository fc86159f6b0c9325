import { join } from "node:path";
import { type Person, type Stack, type StackOptions, spawnStack, startStack } from "../support/stack.ts";
import { CustomerProcess } from "./customer-process.ts";
import { type Plan, type Tried, tried } from "./plan.ts";
import { callsTaken } from "./taken.ts";

const usual = { ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true", LOG_LEVEL: "error" };
/** How the gateway is run otherwise than usual. */
export type Running = Pick<StackOptions, "env" | "nodeArgs">;

/** What tells the customer how a message ended, or that nobody knows. */
const events = ["sent", "failed", "unknown", "expired", "cancelled"].map((status) => `message.${status}`);

/** Gateway, simulator and customer as separate processes; the gateway is there to be killed. */
export class Arena {
  readonly simulator: Stack;
  readonly people: Person[] = [];
  readonly #first: Stack;
  readonly #customer: CustomerProcess;
  #running: Running;
  #gateway: Promise<Stack>;

  private constructor(first: Stack, simulator: Stack, running: Running) {
    this.#running = { ...running, env: { ...usual, ...running.env } };
    this.#first = first;
    this.simulator = simulator;
    this.#customer = new CustomerProcess(join(first.dataDir, "told.jsonl"));
    this.#gateway = this.#start();
  }

  static async open(plan: Plan, running: Running = {}): Promise<Arena> {
    const first = await startStack();
    await first.stop();
    const arena = new Arena(first, await startStack({ command: "simulator", from: first }), running);
    await arena.#furnish(plan).catch(async (error: Error) => {
      await arena[Symbol.asyncDispose]();
      throw error;
    });
    return arena;
  }

  async #furnish(plan: Plan): Promise<void> {
    const url = await this.#customer.url;
    const gateway = await this.#gateway;
    const { status } = await gateway.call("POST", "/v1/endpoints", { url, events });
    if (status !== 201) throw new Error(`The endpoint was answered ${status}.`);
    for (const platform of tried) await this.#settle(platform, plan);
    for (const [kind, rate] of Object.entries(plan.faults)) {
      const answer = await this.simulator.simulate("POST", "/faults", { kind, rate, seed: plan.seed });
      if (answer.status !== 201) throw new Error(`The fault ${kind} was answered ${answer.status}.`);
    }
  }

  /** How often each fault has struck. */
  async struck(): Promise<Record<string, number>> {
    const { json } = await this.simulator.simulate("GET", "/faults");
    return Object.fromEntries(
      json.data.map(({ kind, struck }: { kind: string; struck: number }) => [kind, struck]),
    );
  }

  /** The gateway once it is ready, through whatever kills there are meanwhile. */
  gateway(): Promise<Stack> {
    return this.#gateway;
  }

  get dataDir(): string {
    return this.#first.dataDir;
  }

  /**
   * SIGKILL and a new start on the same folder, which itself is killed after so many ms, where they are given, and
   * made again. `meanwhile` has the folder while nobody runs on it.
   */
  async kill(meanwhile: () => void, intoStartMs?: number): Promise<void> {
    const doomed = await this.#gateway;
    const restarted = Promise.withResolvers<Stack>();
    this.#gateway = restarted.promise;
    await doomed.stop("SIGKILL");
    meanwhile();
    if (intoStartMs !== undefined) {
      const starting = await spawnStack({ command: "serve", from: this.#first, ...this.#running });
      await new Promise((resolve) => setTimeout(resolve, intoStartMs));
      await starting.stop("SIGKILL");
      meanwhile();
    }
    this.#start().then(restarted.resolve, restarted.reject);
    await restarted.promise;
  }

  /** Ends the gateway and starts it as `meanwhile` says, which has the folder while nobody runs on it. */
  async change(signal: NodeJS.Signals, meanwhile: () => Promise<Running>): Promise<void> {
    const doomed = await this.#gateway;
    const changed = Promise.withResolvers<Stack>();
    this.#gateway = changed.promise;
    // Told to whoever waits for the gateway as well.
    changed.promise.catch(() => {});
    try {
      await doomed.stop(signal);
      const { env, ...running } = await meanwhile();
      this.#running = { ...running, env: { ...this.#running.env, ...env } };
      changed.resolve(await this.#start());
    } catch (error) {
      changed.reject(error);
      throw error;
    }
  }

  /** What the customer was told of each message last: `sent`, say. */
  told(): Map<string, string> {
    return this.#customer.told();
  }

  /** The texts that the platforms took, in their order, by the simulator's own log. */
  async taken(): Promise<string[]> {
    return (await this.#taken()).map(({ text }) => text);
  }

  /** When each was taken first. */
  async takenAt(): Promise<Map<string, number>> {
    const latestFirst = (await this.#taken()).toReversed();
    return new Map(latestFirst.map(({ text, at }) => [text, at]));
  }

  async #taken(): Promise<{ text: string; at: number }[]> {
    return (await callsTaken(this.simulator)).filter(({ accepted }) => accepted);
  }

  /** Posts a message until it has its 202, through whatever kills there are; gives its id. */
  async post(body: object, key: string): Promise<string> {
    for (;;) {
      const gateway = await this.#gateway;
      const headers = { "idempotency-key": key };
      const answer = await gateway.call("POST", "/v1/messages", body, headers).catch(() => undefined);
      if (answer?.status === 202) return answer.json.id;
      if (answer) throw new Error(`A message was answered ${answer.status}: ${answer.text}`);
    }
  }

  #start(): Promise<Stack> {
    return startStack({ command: "serve", from: this.#first, ...this.#running });
  }

  /** As many people as the plan's load is for, each of whom has written and may be answered. */
  async #settle(platform: Tried, plan: Plan): Promise<void> {
    const wanted = Math.ceil(plan.perSecond[platform] * plan.everySeconds);
    const people = await this.simulator.people(platform);
    while (people.length < wanted) {
      const { json } = await this.simulator.simulate("POST", "/people", { platform });
      people.push(json);
    }
    for (const person of people) await this.simulator.act(person, { act: "say", text: "Hello!" });
    this.people.push(...people);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One that did not become ready has ended already.
    await this.#gateway.then(
      (gateway) => gateway.stop("SIGKILL"),
      () => undefined,
    );
    await this.#customer.end();
    await this.simulator[Symbol.asyncDispose]();
  }
}
