import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { type Answer, freePort, type Stack, send, spawnStack } from "../../support/stack.ts";
import { Way } from "./way.ts";

interface Wish {
  /** Where PostgreSQL listens: the folder of its socket. */
  database: { host: string; port: number; user?: string; database?: string };
  folder: string;
  simulatorPort: number;
  env: Record<string, string>;
  nodeArgs?: string[];
  /** The folder of another version's sources. */
  tree?: string;
}

const answeredWithinMs = 20_000;
/** As long as a start may take beside everything else on a crowded machine. */
const startsWithinMs = 180_000;

/** One of the gateways: its process, its way to PostgreSQL, and the way of clients to it. */
export class GatewayNode {
  readonly port: number;
  /** Where clients come to it. */
  readonly clientPort: number;
  readonly toDatabase: Way;
  readonly ofClients: Way;
  readonly #wish: Wish;
  readonly #databaseUrl: string;
  readonly #socketFolder: string;
  #process: Stack | undefined;
  /** What its ended processes said. */
  #saidBefore = "";

  private constructor(
    wish: Wish,
    at: { port: number; clientPort: number; socketFolder: string; ways: [Way, Way] },
  ) {
    this.#wish = wish;
    this.port = at.port;
    this.clientPort = at.clientPort;
    [this.toDatabase, this.ofClients] = at.ways;
    this.#socketFolder = at.socketFolder;
    const { user, database } = wish.database;
    this.#databaseUrl = `postgresql://${user}@${encodeURIComponent(at.socketFolder)}/${database}`;
  }

  static async place(wish: Wish): Promise<GatewayNode> {
    mkdirSync(wish.folder, { recursive: true });
    // A socket's path has at most 107 characters.
    const socketFolder = mkdtempSync(join(tmpdir().length > 60 ? "/tmp" : tmpdir(), "antiphon-way-"));
    const [port, clientPort] = [await freePort(), await freePort()];
    const socket = `.s.PGSQL.${wish.database.port}`;
    const ways: [Way, Way] = [
      await Way.open(join(socketFolder, socket), join(wish.database.host, socket)),
      await Way.open(clientPort, port),
    ];
    return new GatewayNode(wish, { port, clientPort, socketFolder, ways });
  }

  /** Starts it, again where PostgreSQL was away meanwhile, as whoever keeps services running does; until it is ready. */
  async start(): Promise<void> {
    const { folder, simulatorPort, env, nodeArgs, tree } = this.#wish;
    for (;;) {
      const started = await spawnStack({
        command: "serve",
        env: { ...env, DATABASE_URL: this.#databaseUrl },
        nodeArgs,
        tree,
        from: { port: this.port, simulatorPort, dataDir: folder, key: "" },
      });
      this.#saidBefore = this.said;
      this.#process = started;
      const isReady = await eventually(
        "a gateway that is ready",
        async () => {
          if (this.hasEnded) return false;
          return (await this.isReady()) || undefined;
        },
        startsWithinMs,
      ).catch((error: Error) => {
        throw new Error(`${error.message}\n${this.lastWords}`);
      });
      if (isReady) return;
      await started.ended;
      if (!/PostgreSQL|database/.test(started.stderr))
        throw new Error(`A gateway did not start: ${this.lastWords}`);
    }
  }

  async isReady(): Promise<boolean> {
    return (await this.call("GET", "/readyz").catch(() => undefined))?.status === 200;
  }

  /** As the cluster knows it; undefined: it takes no part. */
  get id(): string | undefined {
    const { stderr } = this.#running;
    const at = stderr.lastIndexOf('"this node takes part"');
    const line = stderr.slice(stderr.lastIndexOf("\n", at) + 1, stderr.indexOf("\n", at));
    return at < 0 ? undefined : JSON.parse(line).node;
  }

  get hasEnded(): boolean {
    const child = this.#process?.child;
    return !child || child.exitCode !== null || child.signalCode !== null;
  }

  /** Its log, of all its lives. */
  get said(): string {
    return this.#saidBefore + (this.#process?.stderr ?? "");
  }

  get lastWords(): string {
    return this.#running.stderr.slice(-4_000);
  }

  /** Past the way of clients. */
  call(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#wish.env.ANTIPHON_API_KEY}` };
    const asking = send(`http://127.0.0.1:${this.port}${path}`, method, body, headers);
    const late = new Promise<never>((_, reject) =>
      setTimeout(reject, answeredWithinMs, new Error("no answer")).unref(),
    );
    return Promise.race([asking, late]);
  }

  /** How many calls it has settled since its start. */
  get settled(): number {
    return this.#running.stderr.split('"msg":"call settled"').length - 1;
  }

  /** How many webhooks it has set aside unread. */
  get aside(): number {
    return this.said.split('"msg":"a stored payload was set aside').length - 1;
  }

  async stop(): Promise<void> {
    await this.#running.stop("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#running.stop("SIGKILL");
  }

  pause(): void {
    this.#running.child.kill("SIGSTOP");
  }

  goOn(): void {
    this.#running.child.kill("SIGCONT");
  }

  async close(): Promise<void> {
    this.toDatabase.close();
    this.ofClients.close();
    if (!this.hasEnded) await this.kill();
    rmSync(this.#socketFolder, { recursive: true, force: true });
  }

  get #running(): Stack {
    if (!this.#process) throw new Error("This gateway was not started.");
    return this.#process;
  }
}
