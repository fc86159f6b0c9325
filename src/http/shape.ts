import type { z } from "zod";
import { pointerStep } from "../core/json.ts";
import { type FieldProblem, GatewayError } from "../core/problem.ts";

/** Reads a request body by a schema; every mistake in it comes back at once. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(problemsOf);
  throw new GatewayError("invalid_request", "The body is not valid; nothing was changed.", { errors });
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  const pointer = issue.path.map((step) => pointerStep(String(step))).join("");
  if (issue.code !== "unrecognized_keys") {
    return [{ pointer, rule: issue.code, message: issue.message }];
  }
  return issue.keys.map((key) => ({
    pointer: pointer + pointerStep(key),
    rule: "unknown_field",
    message: `There is no field ${key} here.`,
    hint: "Remove it, or check its spelling.",
  }));
}
