import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { doubledKeys } from "../core/doubled-keys.ts";
import { extent, isObject, pointerStep } from "../core/json.ts";
import { type FieldProblem, GatewayError } from "../core/problem.ts";
import { receiveBody } from "./receive-body.ts";

const maxDepth = 32;
/** Parsing and checking a megabyte of empty lists takes 70 ms; so many values of any kind take less than 20. */
const maxValues = 10_000;
/** Of as many mistakes of one kind, the first tell enough. */
const maxForbidden = 100;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Many clients name a content type also where they send nothing. */
    mayBeEmpty?: boolean;
  }
}

/** Of a route that takes no body, or one that says nothing more when it is left out; so are all deletions. */
export const bodyMayBeEmpty = { config: { mayBeEmpty: true } };

/** Parses JSON bodies for every route below: depth first, then syntax, then keys that no body may have. */
export function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", async (request: FastifyRequest, payload: IncomingMessage) => {
    const body = await receiveBody(request, payload);
    const mayBeEmpty = request.method === "DELETE" || request.routeOptions.config.mayBeEmpty;
    return mayBeEmpty && body.length === 0 ? undefined : parseJson(body);
  });
}

export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  const { depth, values, keys } = extent(text);
  if (depth > maxDepth) {
    throw new GatewayError("too_deep", `The body is nested ${depth} levels deep; ${maxDepth} are allowed.`);
  }
  if (values > maxValues) {
    throw new GatewayError("too_many_values", `The body has over ${maxValues} values, lists and objects.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new GatewayError(
      "invalid_json",
      `The body is not JSON: ${(error as Error).message.slice(0, 120)}.`,
    );
  }
  const errors: FieldProblem[] = [];
  if (mayHoldForbidden(text)) findForbidden(value, "", errors);
  // Of two the last would count, in silence; another reader of the same bytes may take the first.
  if (keys !== countKeys(value)) errors.push(...doubledKeys(text).slice(0, maxForbidden).map(doubledKey));
  if (errors.length > 0)
    throw new GatewayError("invalid_request", "The body has keys that are never allowed, or stand twice.", {
      errors,
    });
  return value;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new GatewayError("invalid_json", "The body is not UTF-8.");
  }
}

/** A key that is written out stands in the text as it is; one that is escaped has a backslash. */
function mayHoldForbidden(text: string): boolean {
  return text.includes("\\") || text.includes("__proto__") || text.includes("constructor");
}

/** `__proto__`, and `prototype` within `constructor`, through which a careless copy reaches every object. */
function findForbidden(value: unknown, pointer: string, found: FieldProblem[]): void {
  if (typeof value !== "object" || value === null || found.length >= maxForbidden) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "__proto__") found.push(forbiddenKey(pointer + pointerStep(key), key));
    else if (key === "constructor" && isObject(inner) && Object.hasOwn(inner, "prototype"))
      found.push(forbiddenKey(`${pointer}/constructor/prototype`, "constructor.prototype"));
    else if (typeof inner === "object") findForbidden(inner, pointer + pointerStep(key), found);
  }
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  for (const inner of Object.values(value)) count += 1 + countKeys(inner);
  return count;
}

function doubledKey(pointer: string): FieldProblem {
  const message = "The key stands more than once in its object, and only one of them could count.";
  return { pointer, rule: "doubled_key", message, hint: "Remove the others." };
}

function forbiddenKey(pointer: string, key: string): FieldProblem {
  return { pointer, rule: "unknown_field", message: `The key ${key} is not allowed.`, hint: "Remove it." };
}
