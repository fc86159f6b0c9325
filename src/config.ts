import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { retentionConflict } from "./gateway/keeping/retention.ts";
import { defaultGraphVersion, graphVersionForm } from "./platforms/meta/graph-versions.ts";
import { masterKeysIn, secretKeyForm } from "./secret-key.ts";
import type { TracingSettings } from "./tracing.ts";

/** Every setting, as the environment gives it. docs/operating.md lists them in the same words. */
export interface Config {
  /** `PORT`, 8080: where the gateway listens. */
  port: number;
  /** `HOST`, 127.0.0.1. */
  host: string;
  /** `SIMULATOR_PORT`, 8081: where the simulator listens, always on loopback. */
  simulatorPort: number;
  /** `ANTIPHON_DATA`, ./data: the folder that holds everything. */
  dataDir: string;
  /** `DATABASE_URL`: the PostgreSQL database that everything is stored in, instead of a file in the data folder. */
  databaseUrl?: string;
  /** `ANTIPHON_API_KEY`: the API key, 16 characters or more; made if absent. */
  apiKey?: string;
  /** `ANTIPHON_SECRET_KEY`: the keys that seal stored secrets, the newest first, parted by commas. */
  secretKey?: string;
  /** `ANTIPHON_SECRET_KEY_FILE`: the same, one a line, in a file that only its owner reads. */
  secretKeyFile?: string;
  /** `ANTIPHON_PUBLIC_URL`: where platforms reach this gateway. */
  publicUrl?: string;
  /** `ANTIPHON_GRAPH_VERSION`, v25.0: by which version Meta is asked for channels that name none. */
  graphVersion: string;
  /** `ANTIPHON_TRUST_PROXY`, false: believe X-Forwarded-For. */
  trustProxy: boolean;
  /** `ANTIPHON_ALLOW_PRIVATE_ENDPOINTS`, false: endpoints may be on private networks and use http; files may be fetched there. */
  allowPrivateEndpoints: boolean;
  /** `ANTIPHON_MAX_CONNECTIONS`, 4000: how many connections may stand at once. */
  maxConnections: number;
  /** `ANTIPHON_MAX_QUEUED`, 5000000: how many calls may wait to be sent, of all channels. */
  maxQueued: number;
  /** `ANTIPHON_MAX_QUEUED_PER_CHANNEL`, 1000000: the same of one channel. */
  maxQueuedPerChannel: number;
  /** `ANTIPHON_MAX_UNREAD`, 500000: how many webhooks may be stored and not read yet. */
  maxUnread: number;
  /** `ANTIPHON_BACKUPS`, $ANTIPHON_DATA/backups: the folder of backups. */
  backupFolder?: string;
  /** `ANTIPHON_KEEP_BACKUPS`, 7: how many are kept; 0: all. */
  keepBackups: number;
  /** `ANTIPHON_RETAIN_CONTENT_DAYS`, 30: how long what was said is kept; 0: for ever. */
  retainContentDays: number;
  /** `ANTIPHON_RETAIN_RECORDS_DAYS`, 90: how long ids, states, times and counts are; 0: for ever. */
  retainRecordsDays: number;
  /** `ANTIPHON_RETAIN_AUDIT_DAYS`, 400: how long is kept what was managed by whom; 0: for ever. */
  retainAuditDays: number;
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER_ARG`. */
  tracing: TracingSettings;
  /** `LOG_LEVEL`, info. */
  logLevel: string;
}

const otlpHint = "the URL of a collector, for example http://127.0.0.1:4318";

type Environment = Record<string, string | undefined>;
const countHint = "a whole number from 1 to 1000000000";
/** Never shown, however wrong they are. */
const secret = new Set(["ANTIPHON_API_KEY", "ANTIPHON_SECRET_KEY", "DATABASE_URL"]);
const countOrNoneHint = "a whole number from 0 to 1000000000";
const logLevels = ["silent", "error", "warn", "info", "debug"];

/** All the mistakes of the environment, a sentence each, or the settings. */
export function readConfig(env: Environment): { config: Config } | { mistakes: string[] } {
  const mistakes: string[] = [];
  const take = <Value>(
    name: string,
    otherwise: Value,
    read: (text: string) => Value | undefined,
    wants: string,
  ): Value => {
    const text = env[name];
    if (text === undefined || text === "") return otherwise;
    const value = read(text);
    if (value !== undefined) return value;
    const shown = secret.has(name) ? "" : ` is ${JSON.stringify(text.slice(0, 60))}; it`;
    mistakes.push(`${name}${shown} must be ${wants}.`);
    return otherwise;
  };
  const portHint = (example: number) => `a port from 1 to 65535, for example ${example}`;
  const config: Config = {
    port: take("PORT", 8080, readPort, portHint(8080)),
    host: take("HOST", "127.0.0.1", readHost, "an address to listen on, for example 127.0.0.1"),
    simulatorPort: take("SIMULATOR_PORT", 8081, readPort, portHint(8081)),
    dataDir: resolve(env.ANTIPHON_DATA || "data"),
    databaseUrl: take("DATABASE_URL", undefined, readDatabaseUrl, databaseUrlHint),
    apiKey: take(
      "ANTIPHON_API_KEY",
      undefined,
      readKey,
      "16 or more characters, not one part repeated, without line breaks and with no space at either end",
    ),
    secretKey: take("ANTIPHON_SECRET_KEY", undefined, readSecretKeys, secretKeyForm),
    secretKeyFile: take("ANTIPHON_SECRET_KEY_FILE", undefined, (path) => resolve(path), "a path"),
    publicUrl: take("ANTIPHON_PUBLIC_URL", undefined, readUrl, "a URL, for example https://chat.example.com"),
    graphVersion: take("ANTIPHON_GRAPH_VERSION", defaultGraphVersion, readGraphVersion, graphVersionHint),
    trustProxy: take("ANTIPHON_TRUST_PROXY", false, readFlag, "true or false"),
    allowPrivateEndpoints: take("ANTIPHON_ALLOW_PRIVATE_ENDPOINTS", false, readFlag, "true or false"),
    maxConnections: take("ANTIPHON_MAX_CONNECTIONS", 4_000, readCount, countHint),
    maxQueued: take("ANTIPHON_MAX_QUEUED", 5_000_000, readCount, countHint),
    maxQueuedPerChannel: take("ANTIPHON_MAX_QUEUED_PER_CHANNEL", 1_000_000, readCount, countHint),
    maxUnread: take("ANTIPHON_MAX_UNREAD", 500_000, readCount, countHint),
    backupFolder: take("ANTIPHON_BACKUPS", undefined, (path) => resolve(path), "a path"),
    keepBackups: take("ANTIPHON_KEEP_BACKUPS", 7, readCountOrNone, countOrNoneHint),
    retainContentDays: take("ANTIPHON_RETAIN_CONTENT_DAYS", 30, readCountOrNone, countOrNoneHint),
    retainRecordsDays: take("ANTIPHON_RETAIN_RECORDS_DAYS", 90, readCountOrNone, countOrNoneHint),
    retainAuditDays: take("ANTIPHON_RETAIN_AUDIT_DAYS", 400, readCountOrNone, countOrNoneHint),
    tracing: {
      url:
        take("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", undefined, readUrl, otlpHint) ??
        under("v1/traces", take("OTEL_EXPORTER_OTLP_ENDPOINT", undefined, readUrl, otlpHint)),
      serviceName: take("OTEL_SERVICE_NAME", "antiphon", (text) => text, "a name"),
      ratio: take("OTEL_TRACES_SAMPLER_ARG", 1, readRatio, "a number from 0 to 1"),
    },
    logLevel: take("LOG_LEVEL", "info", readLevel, `one of ${logLevels.join(", ")}`),
  };
  if (mistakes.length === 0 && config.port === config.simulatorPort) {
    mistakes.push(`PORT and SIMULATOR_PORT are both ${config.port}; give one of them another port.`);
  }
  if (config.secretKey && config.secretKeyFile)
    mistakes.push("ANTIPHON_SECRET_KEY and ANTIPHON_SECRET_KEY_FILE are both set; leave one of them out.");
  const { retainContentDays, retainRecordsDays } = config;
  const conflict = retentionConflict(retainContentDays, retainRecordsDays);
  // Where nobody named them, records follow content.
  if (env.ANTIPHON_RETAIN_RECORDS_DAYS && conflict)
    mistakes.push(
      `By ANTIPHON_RETAIN_CONTENT_DAYS and ANTIPHON_RETAIN_RECORDS_DAYS ${conflict} Give one of them another number.`,
    );
  return mistakes.length > 0 ? { mistakes } : { config };
}

/** Makes the data folder, readable by its owner only. Gives the sentence that says why it cannot be used. */
export function prepareFolder(path: string): string | undefined {
  try {
    makeFolder(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `The folder ${path} cannot be written (${code}). Set ANTIPHON_DATA to a folder that can: ANTIPHON_DATA=/path/to/folder npm start`;
  }
}

/** Not mkdir's own `recursive`: where a file system answers ENOENT to every mkdir (/proc), that never returns. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** A host as a URL spells it. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Where a process of this machine reaches a server on `host`: an address for all interfaces is none to call. */
export function loopbackUrl(host: string, port: number): string {
  const callable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${urlHost(callable)}:${port}`;
}

function readPort(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1 && port <= 65_535 ? port : undefined;
}

function readHost(text: string): string | undefined {
  return /^[A-Za-z0-9.:_-]+$/.test(text) ? text : undefined;
}

/**
 * What a header can carry: no control characters, and no spaces at the ends, which HTTP takes away. One letter again and
 * again, or one word, is guessed.
 */
function readKey(text: string): string | undefined {
  const isSendable = !/[\x00-\x1f\x7f]/.test(text) && text === text.trim();
  const isGuessable = [...text].length < 16 || /^(.{1,12})\1+$/su.test(text);
  return isSendable && !isGuessable ? text : undefined;
}

function readSecretKeys(text: string): string | undefined {
  return masterKeysIn(text) && text;
}

function readUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) return undefined;
  return url.href.replace(/(?<!\/)\/+$/, "");
}

const databaseUrlHint = "the URL of a PostgreSQL database: postgresql://user:password@host:5432/database";

/** A socket's folder may stand where a host does, which is no host to a URL: postgresql://user@%2Frun%2Fpostgresql/database */
function readDatabaseUrl(text: string): string | undefined {
  return /^postgres(ql)?:\/\/[^/\s]+\/[^/?#\s]+(\?\S*)?$/.test(text) ? text : undefined;
}

const graphVersionHint = `a version of Meta's Graph API, for example ${defaultGraphVersion}`;

function readGraphVersion(text: string): string | undefined {
  return graphVersionForm.test(text) ? text : undefined;
}

function readFlag(text: string): boolean | undefined {
  if (/^(true|1|yes)$/i.test(text)) return true;
  return /^(false|0|no)$/i.test(text) ? false : undefined;
}

function readCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d+$/.test(text) && count >= 1 && count <= 1e9 ? count : undefined;
}

function readCountOrNone(text: string): number | undefined {
  return text === "0" ? 0 : readCount(text);
}

function readRatio(text: string): number | undefined {
  const ratio = Number(text);
  return text.trim() !== "" && ratio >= 0 && ratio <= 1 ? ratio : undefined;
}

function under(path: string, url: string | undefined): string | undefined {
  return url && `${url}/${path}`;
}

function readLevel(text: string): string | undefined {
  return logLevels.includes(text) ? text : undefined;
}
