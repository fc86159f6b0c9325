import { GatewayError } from "../../core/problem.ts";

/** SQLite's primary result codes, https://sqlite.org/rescode.html, read 2026-11-21. */
const codes = { busy: 5, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, constraint: 19, notADatabase: 26 };

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 0xff;
}

/** True when a broken disk answered: nothing that was asked for since the last commit can be trusted. */
export function isBroken(error: unknown): boolean {
  const code = primaryCode(error);
  return code === codes.ioError || code === codes.corrupt;
}

/** The sentence for a failure of the disk or of a unique key; any other error is handed back as it is. */
export function explain(error: unknown): unknown {
  const code = primaryCode(error);
  const refuse = (kind: "conflict" | "unavailable", sentence: string) =>
    new GatewayError(kind, sentence, { cause: error });
  if (code === codes.constraint)
    return refuse("conflict", "This exists already, or refers to what does not.");
  if (code === codes.full)
    return refuse("unavailable", "The disk is full: nothing was stored. Free some space.");
  if (code === codes.ioError) {
    return refuse(
      "unavailable",
      "The disk failed while writing: nothing was stored. Check it, then restart.",
    );
  }
  if (code === codes.corrupt) {
    return refuse("unavailable", "The database file is damaged: nothing was stored. Restore a backup.");
  }
  return error;
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
