import type { Socket } from "node:net";
import { Client, type ClientBase, type ClientConfig, Pool, type PoolClient, types } from "pg";
import { GatewayError } from "../../core/problem.ts";
import type { Answer, Value } from "../sql/db.ts";
import type { Dialect } from "./dialect.ts";
import { isLost, isStale } from "./failure.ts";
import { Attended, type Silence, whichBackend } from "./silence.ts";
import { fromText, toText } from "./text-values.ts";

/** No statement takes longer; one that does is ended by the server, and by us if the server does not answer. */
const statementMs = 30_000;
const silenceMs = 40_000;
/** A gateway that is stopped within a transaction holds up all others: less than the time after which they would stop, too. */
const heldUpMs = 2_000;
const connectMs = 10_000;

interface Asked {
  sql: string;
  values: readonly (Value | readonly Value[])[];
}

/** What one connection is asked on. */
export interface Session {
  /** A list goes into one mark: `unnest(?::text[])`. */
  ask(statement: Asked): Promise<Answer>;
  /** Statements without values, in one message: what the last of them answered, and how many rows all of them changed. */
  exec(sql: string): Promise<{ rows: readonly Record<string, unknown>[]; changed: number; command: string }>;
}

/**
 * Of each connection. Plans look into an index wherever there is one, as SQLite's do: statistics of a table that was
 * empty a minute ago would have it read whole. A connection whose other end is gone is noticed in half a minute. What a
 * role or a database may have otherwise, and a promise rests on: under another isolation than this a batch would look at a
 * moment from before it got the row lock, and its fence at a lease that is somebody else's by now; a list in one mark
 * would have the text NULL for a null, a name would come back in quotes, a pace rounded.
 */
const settings = `SET enable_seqscan = off; SET jit = off; SET client_min_messages = error;
  SET default_transaction_isolation = 'read committed'; SET lock_timeout = 0; SET standard_conforming_strings = on;
  SET array_nulls = on; SET quote_all_identifiers = off; SET extra_float_digits = 1;
  SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout';
  SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4;`;

interface Kind {
  max: number;
  /** What is asked of each new connection first; one that it refuses is not used. */
  demand?: (session: Session) => Promise<void>;
  /** How long a connection and an answer are waited for; by default as long as a long statement takes. */
  patienceMs?: number;
  /** What is said where all of them are in use for as long as one is waited for: PostgreSQL is there. */
  busy?: string;
  /** Finds those on which nothing passes any more before the patience ends. */
  silence?: Silence;
  /** How long one stands that nobody uses; by default for ever. */
  restsMs?: number;
}

/** Connections that are made when they are needed, and made anew when PostgreSQL has ended them. */
export class Sessions {
  readonly #pool: Pool;
  readonly #dialect: Dialect;
  readonly #kind: Kind;
  readonly #attended = new WeakMap<ClientBase, Attended>();
  #inUse = 0;
  #ended: Promise<void> | undefined;

  constructor(url: string, dialect: Dialect, kind: Kind) {
    const { max, demand, patienceMs, silence, restsMs = 0 } = kind;
    this.#dialect = dialect;
    this.#kind = kind;
    const onConnect = async (client: ClientBase) => {
      // Of one in use whoever uses it hears by what is asked.
      client.on("error", () => {});
      await Promise.all([client.query(settings), silence && this.#attend(client, silence)]);
      await demand?.(this.#sessionOf(client));
    };
    const patience = patienceMs === undefined ? {} : patientFor(patienceMs);
    const config = { ...configOf(url), ...patience, max, idleTimeoutMillis: restsMs, onConnect };
    this.#pool = new Pool(config as object);
    // Of one that nobody uses: the pool makes another.
    this.#pool.on("error", () => {});
  }

  /** One that has answered `first`: a connection that was lost while it rested is replaced by another. */
  async begin<Result>(
    first: (session: Session) => Promise<Result>,
  ): Promise<{ session: Session; begun: Result; release: (error?: unknown) => void }> {
    for (let isAgain = false; ; isAgain = true) {
      const { session, release } = await this.take();
      try {
        return { session, begun: await first(session), release };
      } catch (error) {
        release(error);
        if (isAgain || !isLost(error)) throw error;
      }
    }
  }

  /** Statements that stand by themselves. */
  async exec(sql: string): ReturnType<Session["exec"]> {
    const { begun, release } = await this.begin((session) => session.exec(sql));
    release();
    return begun;
  }

  async take(): Promise<{ session: Session; release: (error?: unknown) => void }> {
    const client = await this.#connect();
    this.#inUse++;
    return { session: this.#sessionOf(client), release: (error) => this.#release(client, error) };
  }

  async #connect(): Promise<PoolClient> {
    for (;;) {
      const client = await this.#pool.connect().catch((error: unknown) => {
        const { max, busy } = this.#kind;
        if (busy === undefined || this.#inUse < max) throw error;
        throw new GatewayError("unavailable", busy, { cause: error });
      });
      const attended = this.#attended.get(client);
      if (!attended?.isDoubtful) return client;
      attended.end();
      client.release(true);
    }
  }

  /** Where the server does not tell, answers are waited for as long as the patience is. */
  async #attend(client: ClientBase, silence: Silence): Promise<void> {
    const { rows } = await client.query(whichBackend).catch(() => ({ rows: [] }));
    const { stream } = (client as Client).connection;
    if (rows[0]) this.#attended.set(client, new Attended(silence, stream as Socket, rows[0]));
  }

  #sessionOf(client: ClientBase): Session {
    return sessionOf(client, this.#dialect, this.#attended.get(client));
  }

  /** A connection that failed is not used again: nobody knows what state it is in. */
  #release(client: PoolClient, error: unknown): void {
    this.#inUse--;
    client.release(error !== undefined);
  }

  end(): Promise<void> {
    this.#ended ??= this.#pool.end();
    return this.#ended;
  }
}

/**
 * One connection of its own, on which the driver waits as long as it takes: a migration ends when it ends. `onLost` is
 * told when it ends and was not asked to.
 */
export async function openSession(
  url: string,
  dialect: Dialect,
  onLost: () => void = () => {},
): Promise<Session & { end(): Promise<void> }> {
  const client = new Client({ ...configOf(url), query_timeout: 0 });
  let isEnded = false;
  const lose = () => {
    if (!isEnded) onLost();
    isEnded = true;
  };
  client.on("error", lose);
  client.on("end", lose);
  await client.connect();
  await client.query(settings);
  const end = () => {
    isEnded = true;
    return client.end();
  };
  return { ...sessionOf(client, dialect), end };
}

/** For people: what is connected to. */
export function placeOf(url: string): string {
  const { database, host, port } = new Client({ connectionString: url });
  return `the database ${database} on ${host}${host.startsWith("/") ? "" : `:${port}`}`;
}

function sessionOf(client: ClientBase, dialect: Dialect, attended?: Attended): Session {
  return {
    ask: async ({ sql, values }) => {
      attended?.asked();
      try {
        const { rows, rowCount } = await client.query({
          ...dialect.translate(sql),
          values: values.map((value) =>
            typeof value === "object" && value ? value.map(toText) : toText(value),
          ),
        });
        return { rows, changed: rowCount ?? 0 };
      } catch (error) {
        if (isStale(error)) dialect.nameAnew();
        throw error;
      } finally {
        attended?.answered();
      }
    },
    exec: async (sql) => {
      attended?.asked();
      try {
        const results = [await client.query(sql)].flat();
        const { rows, command } = results.at(-1)!;
        return { rows, command, changed: results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0) };
      } finally {
        attended?.answered();
      }
    },
  };
}

function configOf(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: "antiphon",
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: heldUpMs,
    query_timeout: silenceMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
    // A savepoint goes out together with what is asked behind it.
    pipeline: true,
  } as ClientConfig;
}

function patientFor(ms: number): ClientConfig {
  return { connectionTimeoutMillis: ms, statement_timeout: ms, query_timeout: ms };
}

const typeIds = { boolean: 16, bigint: 20, text: 25, numeric: 1700 };

/** Counts and times are numbers that JavaScript holds exactly; what is true is 1, as with SQLite. */
function getTypeParser(id: number, format?: "text" | "binary"): unknown {
  if (id === typeIds.bigint || id === typeIds.numeric) return Number;
  if (id === typeIds.text) return fromText;
  if (id === typeIds.boolean) return (value: string) => (value === "t" ? 1 : 0);
  return types.getTypeParser(id, format);
}
