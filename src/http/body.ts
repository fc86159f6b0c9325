import type { FastifyInstance } from "fastify";
import { isObject, nesting, pointerStep } from "../core/json.ts";
import { type FieldProblem, GatewayError } from "../core/problem.ts";

const maxDepth = 32;
const forbiddenKeys = new Set(["__proto__"]);

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
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    try {
      const mayBeEmpty = request.method === "DELETE" || request.routeOptions.config.mayBeEmpty;
      done(null, mayBeEmpty && body.length === 0 ? undefined : parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  const depth = nesting(text);
  if (depth > maxDepth) {
    throw new GatewayError("too_deep", `The body is nested ${depth} levels deep; ${maxDepth} are allowed.`);
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
  const errors = [...forbidden(value, "")];
  if (errors.length > 0)
    throw new GatewayError("invalid_request", "The body has keys that are never allowed.", { errors });
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new GatewayError("invalid_json", "The body is not UTF-8.");
  }
}

function* forbidden(value: unknown, pointer: string): Generator<FieldProblem> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* forbidden(item, pointer + pointerStep(index));
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      const at = pointer + pointerStep(key);
      if (forbiddenKeys.has(key)) {
        yield {
          pointer: at,
          rule: "unknown_field",
          message: `The key ${key} is not allowed.`,
          hint: "Remove it.",
        };
      } else yield* forbidden(value[key], at);
    }
  }
}
