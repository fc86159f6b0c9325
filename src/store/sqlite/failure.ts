import { GatewayError } from "../../core/problem.ts";

/** SQLite's result codes, https://sqlite.org/rescode.html, read 2026-11-21. The last is an extended one. */
const codes = {
  /** Of an error: SQLite broke off, and whoever asked why looked too late or at another connection. */
  ok: 0,
  busy: 5,
  locked: 6,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  constraint: 19,
  notADatabase: 26,
  write: 10 | (3 << 8),
};

function extendedCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode;
}

function primaryCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  return code === undefined ? undefined : code & 0xff;
}

/**
 * True when there is no room: SQLite has rolled back, and the same write may succeed later. A quota and a limit of a
 * file's size are told as a failed write; so is a disk that fails, but what was written is then known to be absent.
 */
export function isFull(error: unknown): boolean {
  return primaryCode(error) === codes.full || extendedCode(error) === codes.write;
}

/** True when a broken disk answered: nothing that was asked for since the last commit can be trusted. */
export function isBroken(error: unknown): boolean {
  const code = primaryCode(error);
  return (code === codes.ioError && !isFull(error)) || code === codes.corrupt;
}

/** True when the same may succeed right afterwards: somebody else had the file, or SQLite gave no reason. */
export function isPassing(error: unknown): boolean {
  const code = primaryCode(error);
  return code === codes.ok || code === codes.busy || code === codes.locked;
}

/** The sentence for a failure of the disk or of a unique key; any other error is handed back as it is. */
export function explain(error: unknown): unknown {
  const code = primaryCode(error);
  const refuse = (kind: "conflict" | "disk_full" | "unavailable", sentence: string) =>
    new GatewayError(kind, sentence, { cause: error });
  if (code === codes.constraint)
    return refuse("conflict", "This exists already, or refers to what does not.");
  if (isFull(error)) return refuse("disk_full", "The disk is full: nothing was stored. Free some space.");
  if (code === codes.ioError) {
    const sentence = `The disk failed (SQLite's code ${extendedCode(error)}): nothing was stored. Check it, then restart.`;
    return refuse("unavailable", sentence);
  }
  if (code === codes.corrupt) {
    return refuse("unavailable", "The database file is damaged: nothing was stored. Restore a backup.");
  }
  // SQLite's own words for the first of them are "not an error".
  if (isPassing(error)) {
    const sentence = `SQLite broke off and gave no lasting reason (code ${extendedCode(error)}). Ask again.`;
    return refuse("unavailable", sentence);
  }
  return error;
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === codes.busy;
}

/** Why a file could not be opened, as one sentence. */
export function explainOpening(error: unknown, file: string): unknown {
  if (error instanceof GatewayError) return error;
  const code = primaryCode(error);
  const refuse = (sentence: string) => new GatewayError("unavailable", sentence, { cause: error });
  if (code === codes.busy) {
    return refuse(
      `${file} is in use by another process. Stop that one, or choose another folder: ANTIPHON_DATA=/path/to/folder`,
    );
  }
  if (code === codes.notADatabase)
    return refuse(
      `${file} is no database of Antiphon. Move it away, or choose another folder: ANTIPHON_DATA=/path/to/folder npm start`,
    );
  if (code === codes.cantOpen)
    return refuse(`${file} cannot be opened. Check that its folder can be written.`);
  return explain(error);
}
