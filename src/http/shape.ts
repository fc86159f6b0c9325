import type { z } from "zod";
import { pointerStep } from "../core/json.ts";
import { type FieldProblem, GatewayError } from "../core/problem.ts";

/** Reads a request body by a schema; every mistake in it comes back at once. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  refusal: (errors: FieldProblem[]) => GatewayError = (errors) => invalidBody(errors),
): z.infer<Schema> {
  const result = schema.safeParse(body ?? {}, { reportInput: true });
  if (result.success) return result.data;
  throw refusal(result.error.issues.flatMap(problemsOf));
}

export function invalidBody(
  errors: FieldProblem[],
  detail = "The body is not valid; nothing was changed.",
): GatewayError {
  return new GatewayError("invalid_request", detail, { errors });
}

/** A rule of ours inside a schema: `told` gives what is wrong with the value, or nothing. */
export function rule<Value = string>(name: string, told: (value: Value) => string | undefined) {
  return (value: Value, context: z.RefinementCtx): void => {
    const message = told(value);
    if (message !== undefined) context.addIssue({ code: "custom", message, params: { rule: name } });
  };
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  const pointer = issue.path.map((step) => pointerStep(String(step))).join("");
  const name = issue.path.length > 0 ? issue.path.join(".") : "The body";
  switch (issue.code) {
    case "custom":
      return [{ pointer, rule: String(issue.params?.rule ?? issue.code), message: issue.message }];
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownField(pointer + pointerStep(key), key));
    case "invalid_type":
      return [wrongType(pointer, name, issue)];
    case "invalid_value": {
      const hint = `Give one of ${issue.values.join(", ")}.`;
      return [{ pointer, rule: "one_of", message: `${name} is none of the values that it may have.`, hint }];
    }
    case "too_small":
      return [bounded({ pointer, name }, "min", Number(issue.minimum), issue.origin)];
    case "too_big":
      return [bounded({ pointer, name }, "max", Number(issue.maximum), issue.origin)];
    default:
      return [
        { pointer, rule: issue.code, message: `${name}: ${issue.message}.`, hint: "See /openapi.json." },
      ];
  }
}

function unknownField(pointer: string, key: string): FieldProblem {
  const message = `There is no field ${key} here.`;
  return { pointer, rule: "unknown_field", message, hint: "Remove it, or check its spelling." };
}

function wrongType(
  pointer: string,
  name: string,
  { expected, input }: z.core.$ZodIssueInvalidType,
): FieldProblem {
  if (input === undefined) {
    return {
      pointer,
      rule: "required",
      message: `${name} is missing.`,
      hint: `Add it: ${articled(expected)}.`,
    };
  }
  const message = `${name} must be ${articled(expected)}.`;
  return { pointer, rule: "type", message, hint: "Change its type." };
}

function articled(type: string): string {
  const kind = type === "record" ? "object" : type;
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}

function bounded(
  { pointer, name }: { pointer: string; name: string },
  side: "min" | "max",
  limit: number,
  origin: string,
): FieldProblem {
  if (origin === "number" || origin === "int") {
    const message = `${name} must be at ${side === "min" ? "least" : "most"} ${limit}.`;
    const hint = side === "min" ? "Use a greater number." : "Use a smaller number.";
    return { pointer, rule: `${side}imum`, limit, message, hint };
  }
  const unit = origin === "array" ? ("items" as const) : ("code_points" as const);
  const counted = `${limit} ${unit === "items" ? "items" : "characters"}`;
  const message = `${name} must have at ${side === "min" ? "least" : "most"} ${counted}.`;
  const rule = unit === "items" ? `${side}_items` : `${side}_length`;
  return { pointer, rule, limit, unit, message, hint: side === "min" ? "Make it longer." : "Shorten it." };
}
