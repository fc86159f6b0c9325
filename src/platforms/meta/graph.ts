import { isObject } from "../../core/json.ts";
import type { PlatformProblem } from "../../core/problem.ts";

/** The object in a JSON body; undefined for anything else, never a throw. */
export function readObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Graph's error object, as answers and `failed` statuses carry it. */
export interface GraphError {
  code: number;
  /** Tells apart what one code stands for on Messenger and Instagram; WhatsApp gives it up. */
  subcode?: number;
  message: string;
  transient: boolean;
}

/** Reads an error object; undefined where there is none. Titles are deprecated and looked at last. */
export function readGraphError(value: unknown): GraphError | undefined {
  if (!isObject(value)) return undefined;
  const code = codeOf(value.code);
  if (code === undefined) return undefined;
  const said = [detailsOf(value.error_data), value.message, value.title].find(
    (text) => typeof text === "string" && text !== "",
  );
  const subcode = codeOf(value.error_subcode);
  const message = said ? String(said) : `Error ${code}.`;
  return { code, ...(subcode && { subcode }), message, transient: value.is_transient === true };
}

/** A number, or its digits: whatever else JavaScript takes for a number (an empty list is 0) names no error. */
function codeOf(value: unknown): number | undefined {
  const code = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof code === "number" && Number.isSafeInteger(code) ? code : undefined;
}

/** `error_data` is an object, a string, or missing. */
function detailsOf(data: unknown): unknown {
  return isObject(data) ? data.details : data;
}

/** The error of an answer's body, where it has one. */
export function errorOf(body: Record<string, unknown> | undefined): GraphError | undefined {
  return readGraphError(body?.error);
}

/** The problem of an answer that is no Graph answer at all. */
export function unreadable(status: number): PlatformProblem {
  return {
    code: `http_${status}`,
    message: `The answer (HTTP ${status}) is not one that the Graph API gives.`,
    hint: "Look for a proxy between the gateway and Meta.",
  };
}
