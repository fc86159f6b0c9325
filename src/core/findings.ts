import { crossRules, crossWarnings } from "./cross-rules.ts";
import { isObject, pointerStep } from "./json.ts";
import { maxMetadataBytes, requestLimits, sizeLimits, typeOf, uniqueness } from "./limits.ts";
import type { FieldProblem } from "./problem.ts";
import { placesAt, repetitions, sizeProblem, utf16Warning } from "./sizes.ts";
import { utf8Bytes } from "./text.ts";

/** All that is wrong with a request, and what might surprise. */
export interface Findings {
  problems: FieldProblem[];
  warnings: FieldProblem[];
}

/** Adds to the problems of structure those of size, uniqueness and of several fields together. */
export function contentFindings(content: unknown, at: string, structural: FieldProblem[]): Findings {
  const found = isObject(content) ? typeOf(content) : undefined;
  // With two contents, or none, what is inside is not a message yet.
  if (!found || structural.some((problem) => problem.pointer === at))
    return { problems: structural, warnings: [] };
  const { key, type } = found;
  const [[pointer, root]] = placesAt(content, pointerStep(key), at) as [[string, unknown]];
  const told = new Set(structural.map((problem) => problem.pointer));
  const sizes: FieldProblem[] = [];
  const sizeWarnings: FieldProblem[] = [];
  for (const limit of sizeLimits[type])
    for (const place of placesAt(root, limit.at, pointer)) {
      const problem = sizeProblem(limit, place);
      const warning = utf16Warning(limit, place);
      if (problem) sizes.push(problem);
      if (warning) sizeWarnings.push(warning);
    }
  const repeats = (uniqueness[type] ?? []).map((rule) => repetitions(rule, root, pointer));
  const problems = [
    ...sizes,
    ...repeats.flatMap((repeat) => repeat.problems),
    ...(crossRules[type] ?? []).flatMap((rule) => rule(root, pointer)),
  ];
  const warnings = [
    ...sizeWarnings,
    ...repeats.flatMap((repeat) => repeat.warnings),
    ...(crossWarnings[type] ?? []).flatMap((rule) => rule(root, pointer)),
  ];
  return { problems: [...structural, ...problems.filter((problem) => !told.has(problem.pointer))], warnings };
}

/** The problems of what stands around the content. */
export function requestProblems(request: unknown, structural: FieldProblem[]): FieldProblem[] {
  if (!isObject(request)) return [];
  const told = new Set(structural.map((problem) => problem.pointer));
  const sizes = requestLimits.flatMap((limit) =>
    placesAt(request, limit.at).flatMap((place) => sizeProblem(limit, place) ?? []),
  );
  const platforms = repetitions({ within: "", each: "/platforms/*" }, request, "").problems;
  const all = [...sizes, ...platforms, ...metadataProblems(request), ...contextProblems(request)];
  return all.filter((problem) => !told.has(problem.pointer));
}

/** Of metadata that are too large together. */
export function metadataProblems(request: Record<string, unknown>): FieldProblem[] {
  const { metadata } = request;
  if (metadata === undefined) return [];
  // Values of another type are told as such.
  const texts = Object.entries(isObject(metadata) ? metadata : {}).filter(
    ([, text]) => typeof text === "string",
  );
  const actual = utf8Bytes(JSON.stringify(Object.fromEntries(texts)));
  if (actual <= maxMetadataBytes) return [];
  return [
    {
      pointer: "/metadata",
      rule: "max_bytes",
      limit: maxMetadataBytes,
      actual,
      unit: "bytes",
      message: `\`metadata\` has ${actual} bytes as JSON; it must have at most ${maxMetadataBytes}.`,
      hint: "Keep the data on your side and send a key to it.",
    },
  ];
}

/** A reaction names its message itself; a quote beside it would be lost. */
export function contextProblems(request: Record<string, unknown>): FieldProblem[] {
  const reacts = isObject(request.content) && Object.hasOwn(request.content, "reaction");
  if (!reacts || !Object.hasOwn(request, "context")) return [];
  const message = "A reaction cannot quote: `reaction.message_id` says which message it is for.";
  return [{ pointer: "/context", rule: "not_with", limit: "reaction", message, hint: "Remove `context`." }];
}
