import { DatabaseError } from "pg";
import { GatewayError } from "../../core/problem.ts";
import { mayNotMake } from "./demands.ts";

/** https://www.postgresql.org/docs/18/errcodes-appendix.html, read 2026-11-22. A class is the first two letters. */
const integrityViolation = "23";
/** The connection ended with it. By the code, for `severity` is told in the server's language. */
const ending = /^(57P|08|25P03|25P04)/;
const outOfSpace = "53100";
const tooManyConnections = "53300";
/** What lies in the statement and its values, and fails again. All else may pass: it is the server's own state. */
const lasting = /^(22|42|54)/;
/** A table was changed since a plan was kept, or the plan is not there: asked anew under another name it goes through. */
const stale = /^(0A000|26000)$/;
/** Of the system, which several addresses of a host give together, without a word of their own. */
const ofNetwork = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE)/;

/** It goes out to whoever asks, without a key too: where the database is stands in the cause, for the log. */
const away = "The database does not answer. What was accepted is safe; it goes on by itself: try again.";
const crowded =
  "PostgreSQL has no connection left: its max_connections, and a CONNECTION LIMIT of the role or the database, must be at least 14 × the number of gateways, and what else uses it.";

/** True when nothing more can be asked on the connection: PostgreSQL ended it, or nobody answers. */
export function isLost(error: unknown): boolean {
  if (error instanceof GatewayError) return false;
  if (!(error instanceof DatabaseError)) return isOfNetwork(error);
  return error.severity === "FATAL" || error.severity === "PANIC" || ending.test(error.code ?? "");
}

/** True when the server has kept a plan that does not fit any more: the transaction is to be begun once more. */
export function isStale(error: unknown): boolean {
  return error instanceof DatabaseError && stale.test(error.code ?? "");
}

/** The driver's own errors have no class of theirs, and no code unless the system gave one. */
function isOfNetwork(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (
    "syscall" in error ||
    (typeof code === "string" && ofNetwork.test(code)) ||
    /^(Connection terminated|Client |Query read timeout|timeout )/.test(error.message)
  );
}

/** PostgreSQL is there, and lets nobody more in. */
function isCrowded(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === tooManyConnections;
}

/** The sentence for a failure of the database or of a unique key; any other error is handed back as it is. */
export function explain(error: unknown): unknown {
  const refuse = (kind: "conflict" | "disk_full" | "unavailable", sentence: string) =>
    new GatewayError(kind, sentence, { cause: error });
  if (isCrowded(error)) return refuse("unavailable", crowded);
  if (isLost(error)) return refuse("unavailable", away);
  if (!(error instanceof DatabaseError)) return error;
  const code = error.code ?? "";
  if (code.startsWith(integrityViolation))
    return refuse("conflict", "This exists already, or refers to what does not.");
  if (code === outOfSpace)
    return refuse("disk_full", "PostgreSQL's disk is full: nothing was stored. Free some space.");
  if (lasting.test(code)) return error;
  const sentence = `PostgreSQL broke off (${code}, ${error.message}): nothing was stored. Ask again.`;
  return refuse("unavailable", sentence);
}

/** What the server or the system said, without what was asked. */
export function reason(error: unknown): string {
  const { message, code } = error as Error & { code?: string };
  return message || code || "it gave no reason";
}

/** Why a database could not be opened, as one sentence. */
export function explainOpening(error: unknown, place: string): unknown {
  if (error instanceof GatewayError) return error;
  const code = error instanceof DatabaseError ? error.code : undefined;
  const refuse = (sentence: string) => new GatewayError("unavailable", sentence, { cause: error });
  const name = `${place.charAt(0).toUpperCase()}${place.slice(1)}`;
  if (code === "3D000") return refuse(`${name} does not exist. Make it: CREATE DATABASE … ENCODING 'UTF8'.`);
  if (code === "28P01" || code === "28000")
    return refuse(`${name} does not take this user or password. Check DATABASE_URL and pg_hba.conf.`);
  if (code === "42501") return refuse(mayNotMake(place));
  if (isCrowded(error)) return refuse(crowded);
  if (isLost(error))
    return refuse(
      `${name} cannot be reached (${reason(error)}). Check DATABASE_URL, and that PostgreSQL runs.`,
    );
  return explain(error);
}
