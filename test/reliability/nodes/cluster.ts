import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { compose } from "../../../src/compose.ts";
import { readConfig } from "../../../src/config.ts";
import { credentialsOf, type SimulatedAccountTold } from "../../../src/core/simulated-account.ts";
import { connectChannel } from "../../../src/gateway/connecting/connect.ts";
import { Logging } from "../../../src/logging.ts";
import { eventually } from "../../support/eventually.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres-server.ts";
import { freePort, type Person, type Stack, type StackOptions, startStack } from "../../support/stack.ts";
import { CustomerProcess } from "../customer-process.ts";
import { tried } from "../plan.ts";
import { callsTaken } from "../taken.ts";
import { Clients } from "./clients.ts";
import { Front } from "./front.ts";
import { GatewayNode } from "./gateway-node.ts";
import type { NodesPlan } from "./plan.ts";

/** What a node is run with: other sources than these, a module that is loaded before them. */
export type Edition = Pick<StackOptions, "tree" | "nodeArgs">;

interface Opening {
  /** One for each node. */
  editions: readonly Edition[];
  /** So many of them are started, and the first of these is asked to connect the channels. */
  started?: number;
}

const database = "antiphon";
const key = "the key of all the nodes";
const secretKey = randomBytes(32).toString("hex");
const events = ["received", "sent", "failed", "unknown", "expired", "cancelled"].map(
  (one) => `message.${one}`,
);

/** Three gateways on one PostgreSQL, and everything around them, as processes that can be struck. */
export class Cluster {
  readonly server: PostgresServer;
  readonly nodes: GatewayNode[] = [];
  readonly people: Person[] = [];
  readonly simulator: Stack;
  readonly customer: CustomerProcess;
  readonly clients: Clients;
  readonly #front: Front;
  readonly #folder: string;
  readonly #env: Record<string, string>;

  private constructor(
    parts: Pick<Cluster, "server" | "simulator" | "nodes"> & {
      front: Front;
      folder: string;
      env: Record<string, string>;
    },
  ) {
    this.server = parts.server;
    this.simulator = parts.simulator;
    this.nodes = parts.nodes;
    this.#front = parts.front;
    this.#folder = parts.folder;
    this.#env = parts.env;
    this.customer = new CustomerProcess(join(parts.folder, "told.jsonl"));
    this.clients = new Clients(parts.nodes, key);
  }

  static async open(plan: NodesPlan, { editions, started }: Opening): Promise<Cluster> {
    const server = await startPostgres();
    const folder = mkdtempSync(join(tmpdir(), "antiphon-cluster-"));
    const simulatorPort = await freePort();
    const place = { port: await freePort(), simulatorPort, dataDir: folder, key };
    const simulator = await startStack({ command: "simulator", from: place });
    const frontPort = await freePort();
    const env = {
      ANTIPHON_API_KEY: key,
      ANTIPHON_SECRET_KEY: secretKey,
      ANTIPHON_PUBLIC_URL: `http://127.0.0.1:${frontPort}`,
      ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true",
      LOG_LEVEL: "info",
    };
    const nodes: GatewayNode[] = [];
    for (const [n, edition] of editions.entries()) {
      const socket = new pg.Client({ connectionString: server.url(database) });
      nodes.push(
        await GatewayNode.place({
          database: socket,
          folder: join(folder, `n${n}`),
          simulatorPort,
          env,
          ...edition,
        }),
      );
    }
    const front = await Front.open(
      frontPort,
      nodes.map(({ port }) => port),
    );
    const cluster = new Cluster({ server, simulator, nodes, front, folder, env });
    try {
      await cluster.#furnish(plan, started);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  async #furnish(plan: NodesPlan, started: number | undefined): Promise<void> {
    await this.#ask("CREATE DATABASE antiphon", "postgres");
    for (const platform of tried)
      for (let n = 1; n < plan.channelsPerPlatform; n++)
        await this.simulator.simulate("POST", "/accounts", { platform });
    if (started === undefined) await this.#connectChannels();
    await Promise.all(this.nodes.slice(0, started).map((node) => node.start()));
    if (started !== undefined) await this.#connectSimulated();
    const url = await this.customer.url;
    const { status, text } = await this.nodes[0]!.call("POST", "/v1/endpoints", {
      url,
      events,
      ordered: true,
    });
    if (status !== 201) throw new Error(`The endpoint was answered ${status}: ${text}`);
    await this.#settle(plan);
    for (const [kind, rate] of Object.entries(plan.faults))
      if (rate > 0) await this.simulator.simulate("POST", "/faults", { kind, rate, seed: plan.seed });
  }

  /** As channels of real platforms are: what a simulated one is told goes past the front to the node that owns it. */
  async #connectChannels(): Promise<void> {
    const read = readConfig(this.environment);
    if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
    const composed = await compose(read.config, new Logging("error", false), (sentence) => {
      throw new Error(sentence);
    });
    try {
      for (const account of await this.#accounts())
        await connectChannel(composed.gateway, {
          platform: account.platform,
          credentials: credentialsOf(account),
          baseUrl: this.simulator.simulatorUrl,
          simulated: false,
        });
    } finally {
      await composed.stop();
    }
  }

  /** By a node that is of another version, and asked in its own words. */
  async #connectSimulated(): Promise<void> {
    for (const account of await this.#accounts()) {
      const { platform } = account;
      const wish = { platform, simulated: true, credentials: credentialsOf(account) };
      const { status, text } = await this.nodes[0]!.call("POST", "/v1/channels", wish);
      if (status !== 201) throw new Error(`The channel was answered ${status}: ${text}`);
    }
  }

  async #accounts(): Promise<SimulatedAccountTold[]> {
    return (await this.simulator.simulate("GET", "/accounts")).json.data;
  }

  /** As many people as the plan's load is for, each of whom has written and may be answered. */
  async #settle(plan: NodesPlan): Promise<void> {
    const accounts = await this.#accounts();
    for (const platform of tried) {
      const channels = accounts.filter((account) => account.platform === platform);
      const people = await this.simulator.people(platform);
      const wanted = Math.max(people.length, Math.ceil(plan.perSecond[platform] * plan.everySeconds));
      for (let n = people.length; n < wanted; n++) {
        const channel = channels[n % channels.length]!.id;
        people.push((await this.simulator.simulate("POST", "/people", { platform, channel })).json);
      }
      for (const person of people) await this.simulator.act(person, { act: "say", text: "Hello!" });
      this.people.push(...people);
    }
  }

  post(body: object, idempotencyKey: string): Promise<string> {
    return this.clients.post(body, idempotencyKey);
  }

  told(): Map<string, string> {
    return this.customer.told();
  }

  /** The channels and endpoints that this node works for, by the database. */
  async ownedBy(id: string): Promise<string[]> {
    const rows = await this.#ask<{ name: string }>(
      `SELECT name FROM leases WHERE node = '${id}' AND node IN (SELECT id FROM nodes)`,
    );
    return rows.map(({ name }) => name);
  }

  /** How many channels and endpoints nobody works for, or only these nodes. */
  async withoutOwner(except: readonly string[] = []): Promise<number> {
    const ended = except.map((id) => ` AND node <> '${id}'`).join("");
    const [row] = await this.#ask<{ n: string }>(`SELECT count(*) AS n FROM
      (SELECT 'channel ' || id AS name FROM channels UNION ALL SELECT 'endpoint ' || id FROM endpoints) AS work
      WHERE name NOT IN (SELECT name FROM leases WHERE node IN (SELECT id FROM nodes)${ended})`);
    return Number(row!.n);
  }

  /** What the endpoint was not told of yet, as the database has it. */
  async untold(): Promise<object[]> {
    return this.#ask(
      "SELECT seq, id, event_id, event_type, lane, state, tries, timed, due_at, created_at, tried_at, reason FROM deliveries WHERE state = 'pending' ORDER BY seq",
    );
  }

  /** How many migrations its database has had. */
  async schema(): Promise<number> {
    const [row] = await this.#ask<{ n: string }>("SELECT schema_version AS n FROM installation");
    return Number(row!.n);
  }

  /** By its id the account's own one, as the platforms' log tells it. */
  async channels(): Promise<Map<string, string>> {
    const rows = await this.#ask<{ id: string; natural_id: string }>("SELECT id, natural_id FROM channels");
    return new Map(rows.map(({ id, natural_id }) => [id, natural_id]));
  }

  /** One that is ready. */
  async gateway(): Promise<GatewayNode> {
    return eventually("a gateway that is ready", async () => {
      for (const node of this.nodes) if (await node.isReady()) return node;
      return undefined;
    });
  }

  /** The texts that the platforms took, in their order. */
  async taken(): Promise<string[]> {
    return (await callsTaken(this.simulator)).flatMap(({ accepted, text }) => (accepted ? text : []));
  }

  /** Webhooks that some node has taken. */
  get webhooks(): number {
    return this.#front.passed;
  }

  /** Webhooks that the nodes have set aside unread. */
  get aside(): number {
    return this.nodes.reduce((sum, node) => sum + node.aside, 0);
  }

  isWanted(type: string): boolean {
    return events.includes(type);
  }

  /** How often each fault of the platforms has struck. */
  async struck(): Promise<Record<string, number>> {
    const { json } = await this.simulator.simulate("GET", "/faults");
    return Object.fromEntries(
      json.data.map(({ kind, struck }: { kind: string; struck: number }) => [kind, struck]),
    );
  }

  /** For a command beside the nodes, past the ways that are cut. */
  get environment(): Record<string, string> {
    return { ...this.#env, DATABASE_URL: this.server.url(database), ANTIPHON_DATA: this.#folder };
  }

  /** Past the ways that are cut. */
  async #ask<Row>(sql: string, of = database): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.server.url(of) });
    client.on("error", () => {});
    try {
      await client.connect();
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end().catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.customer.end();
    await this.simulator.stop();
    await Promise.all([this.#front.close(), this.clients.close(), this.server.close()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
