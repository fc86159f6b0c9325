import { join } from "node:path";
import pg from "pg";
import { eventually } from "../../test/support/eventually.ts";
import { type PostgresServer, startPostgres } from "../../test/support/postgres-server.ts";
import type { Stack } from "../../test/support/stack.ts";
import { antiphon, sending, serve } from "../gateway/arms.ts";
import type { LoadBench, Subject } from "../load/load.ts";

/** Which node works for a channel, by the channel's id. */
export type Owners = ReadonlyMap<string, string>;

/** Gateways on one PostgreSQL of their own; each takes messages for all channels, and they share the channels. */
export class Cluster {
  readonly #bench: LoadBench;
  readonly #server: PostgresServer;
  readonly #database: pg.Client;
  readonly #stacks: Stack[];
  readonly accounts: Subject["request"]["accounts"];

  private constructor(bench: LoadBench, server: PostgresServer, first: Awaited<ReturnType<typeof antiphon>>) {
    this.#bench = bench;
    this.#server = server;
    this.#database = new pg.Client({ connectionString: server.url("postgres") });
    this.#stacks = [first.stack];
    this.accounts = first.accounts;
  }

  /** All of them have joined, and the channels are spread evenly. */
  static async start(bench: LoadBench, size: number): Promise<Cluster> {
    const server = await startPostgres();
    const first = await antiphon(bench, { database: server.url("postgres") });
    const cluster = new Cluster(bench, server, first);
    try {
      await cluster.#database.connect();
      while (cluster.#stacks.length < size) await cluster.join();
      await cluster.spread();
      return cluster;
    } catch (error) {
      // Nobody else knows of the processes that run already.
      await cluster.stop();
      throw error;
    }
  }

  get size(): number {
    return this.#stacks.length;
  }

  /** All that are there now, asked in turns. */
  get subject(): Subject {
    const [first, ...others] = this.#stacks.map(({ url }) => url);
    const request = { ...sending(first!, this.accounts), alsoTo: others };
    return {
      pids: this.#stacks.map(({ child }) => child.pid!),
      database: this.#server.pid,
      arrives: true,
      request,
    };
  }

  /** One more; fulfils when it is ready, which may be before anything has moved to it. */
  async join(): Promise<void> {
    const keyFile = join(this.#stacks[0]!.dataDir, "secret-key");
    const more = { database: this.#server.url("postgres"), keyFile };
    this.#stacks.push(await serve(this.#bench, more));
  }

  /** Ends the one that came last, as an upgrade does. */
  async leave(): Promise<void> {
    await this.#stacks.pop()![Symbol.asyncDispose]();
  }

  async owners(): Promise<Owners> {
    const { rows } = await this.#database.query<{ name: string; node: string }>(
      "SELECT name, node FROM leases WHERE name LIKE 'channel %' AND node <> ''",
    );
    return new Map(rows.map(({ name, node }) => [name.slice("channel ".length), node]));
  }

  /** Waits until each works for as many channels as any other, or one more. */
  async spread(): Promise<Owners> {
    return eventually("an even spread", async () => {
      const owners = await this.owners();
      const counts = [...Map.groupBy(owners, ([, node]) => node).values()].map(({ length }) => length);
      const isEven = counts.length === this.size && Math.max(...counts) - Math.min(...counts) <= 1;
      return isEven && owners.size === this.accounts.length ? owners : undefined;
    });
  }

  async stop(): Promise<void> {
    await this.#database.end();
    for (const stack of this.#stacks) await stack[Symbol.asyncDispose]();
    await this.#server.close();
  }
}
