import type { z } from "zod";
import { pointerStep } from "../core/json.ts";
import { type FieldProblem, GatewayError } from "../core/problem.ts";

/** Reads a request body by a schema; every mistake in it comes back at once. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  refusal: (errors: FieldProblem[]) => GatewayError = (errors) => invalidBody(errors),
): z.infer<Schema> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw refusal(result.error.issues.flatMap(problemsOf));
}

export function invalidBody(
  errors: FieldProblem[],
  detail = "The body is not valid; nothing was changed.",
): GatewayError {
  return new GatewayError("invalid_request", detail, { errors });
}

/** A rule of ours inside a schema: `told` gives what is wrong with the text, or nothing. */
export function rule(name: string, told: (text: string) => string | undefined) {
  return (text: string, context: z.RefinementCtx): void => {
    const message = told(text);
    if (message !== undefined) context.addIssue({ code: "custom", message, params: { rule: name } });
  };
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  const pointer = issue.path.map((step) => pointerStep(String(step))).join("");
  if (issue.code === "custom") {
    return [{ pointer, rule: String(issue.params?.rule ?? issue.code), message: issue.message }];
  }
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
