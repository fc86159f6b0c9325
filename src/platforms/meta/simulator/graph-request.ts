import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import type { Handling, SimulatedRequest } from "../../../core/simulation.ts";
import { refuse } from "./refusal.ts";

const versioned = /^\/v\d{1,3}\.\d(?:\/([^/]*))?(?:\/([^/]*))?\/?$/;

/** The node and the edge of a versioned Graph path; undefined for any other path. */
export function graphPath(path: string): { node: string; edge: string } | undefined {
  const found = versioned.exec(path);
  return found ? { node: found[1] ?? "", edge: found[2] ?? "" } : undefined;
}

/** The token as Graph takes it: in the header, in the query, or among the fields. */
export function tokenOf(request: SimulatedRequest): string | undefined {
  const header = request.headers.authorization;
  const bearer = typeof header === "string" ? /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(header)?.[1] : undefined;
  const field = request.body.access_token;
  return bearer ?? request.query.access_token ?? (typeof field === "string" ? field : undefined);
}

/** Parameters stand in the query or in the body, and objects may be JSON in a string (curl's `-F message={…}`). */
export function parameters(request: SimulatedRequest): JsonObject {
  if (request.malformed) refuse(100, "The request body is not valid JSON.");
  const given: JsonObject = { ...request.query, ...request.body };
  for (const credential of ["access_token", "appsecret_proof"]) delete given[credential];
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, decoded(value)]));
}

function decoded(value: Json): Json {
  if (typeof value !== "string" || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** A list as Graph takes it: an array, or words parted by commas. */
export function listOf(value: Json | undefined): string[] {
  const items = typeof value === "string" ? value.split(",") : Array.isArray(value) ? value.map(String) : [];
  return items.map((item) => item.trim()).filter((item) => item !== "");
}

export const done = (body: JsonObject = { success: true }, person?: string): Handling => ({
  kind: "answer",
  answer: { status: 200, body },
  ...(person === undefined ? {} : { person }),
});

/** The fields of a node that a GET asked for; the id always comes along, and a field without a value is left out. */
export function nodeFields(
  node: { id: string; type: string; known: Record<string, Json | undefined>; standard: string },
  wish: Json | undefined,
): Handling {
  const wanted = listOf(wish ?? node.standard).filter((field) => field !== "id");
  const stray = wanted.find((field) => !Object.hasOwn(node.known, field));
  if (stray !== undefined) {
    refuse(100, `Tried accessing nonexisting field (${stray}) on node type (${node.type})`);
  }
  const shown = wanted.flatMap((field) => {
    const value = node.known[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return done({ ...Object.fromEntries(shown), id: node.id });
}

/** The scoped id that a send names, read without judging the request. */
export function recipientOf({ body, query }: SimulatedRequest): string | undefined {
  const recipient = decoded(body.recipient ?? query.recipient ?? null);
  return isObject(recipient) && recipient.id !== undefined ? String(recipient.id) : undefined;
}
