import { crossRules, crossWarnings } from "./cross-rules.ts";
import { isObject, pointerStep } from "./json.ts";
import { maxMetadataBytes, requestLimits, sizeLimits, typeOf, uniqueness } from "./limits.ts";
import type { Content, Origin, Policy, RenderOptions, SendRequest } from "./message.ts";
import { optionsShape, previewShape, sendShape } from "./message-shape.ts";
import { type Folded, normalise } from "./normalise.ts";
import type { PlatformName } from "./platform.ts";
import type { FieldProblem } from "./problem.ts";
import type { ObjectShape } from "./shape.ts";
import { placesAt, repetitions, sizeProblem, utf16Warning } from "./sizes.ts";
import { checkStructure } from "./structure.ts";
import { utf8Bytes } from "./text.ts";

/** All the problems at once, or the canonical value with what was folded and what might surprise. */
type Validated<Value> =
  | (Value & { normalised: string[]; warnings: FieldProblem[] })
  | { problems: FieldProblem[] };

/** A preview that names platforms instead of a channel. */
export interface PlatformsPreview {
  platforms: PlatformName[];
  content: Content;
  adapt?: Policy;
  options?: RenderOptions;
  origin?: Origin;
}
export type PreviewRequest = SendRequest | PlatformsPreview;

interface Findings {
  problems: FieldProblem[];
  warnings: FieldProblem[];
}

/** Checks the body of `POST /v1/messages`. */
export function validateSend(body: unknown): Validated<{ request: SendRequest }> {
  const checked = validateRequest(body, sendShape);
  return "problems" in checked ? checked : { ...checked, request: checked.request as SendRequest };
}

/** Checks the body of a preview: the same as for sending, or `{platforms, content}` without a channel. */
export function validatePreview(body: unknown): Validated<{ request: PreviewRequest }> {
  const named = isObject(body) && Object.hasOwn(body, "platforms");
  const checked = validateRequest(body, named ? previewShape : sendShape);
  if ("problems" in checked)
    return { problems: checked.problems.map(named ? (problem) => problem : withPlatforms) };
  return { ...checked, request: checked.request as PreviewRequest };
}

const withoutChannel = 'Or name "platforms" in place of "from" and "to": a preview needs no channel.';

/** Who leaves out the channel may want a preview without one. */
function withPlatforms(problem: FieldProblem): FieldProblem {
  const isChannel = problem.rule === "required" && ["/from", "/to"].includes(problem.pointer);
  return isChannel ? { ...problem, hint: [problem.hint, withoutChannel].filter(Boolean).join(" ") } : problem;
}

/** Checks `options` of a channel, by the rules of a message's. */
export function optionsProblems(options: unknown): FieldProblem[] {
  const structural = checkStructure(optionsShape, options, "/options");
  return [...structural, ...requestProblems({ options }, structural)];
}

function validateRequest(body: unknown, shape: ObjectShape): Validated<{ request: unknown }> {
  const hasContent = isObject(body) && Object.hasOwn(body, "content");
  const folded = normalise(hasContent ? body.content : undefined, "/content");
  const request = hasContent ? { ...body, content: folded.content } : body;
  const findings = contentFindings(folded.content, "/content", checkStructure(shape, request, ""));
  findings.problems.push(...requestProblems(request, findings.problems));
  return outcome(findings, folded, { request });
}

function outcome<Value>(findings: Findings, folded: Folded, value: Value): Validated<Value> {
  const written = (problem: FieldProblem) => ({ ...problem, pointer: folded.original(problem.pointer) });
  if (findings.problems.length > 0) return { problems: findings.problems.map(written) };
  return { ...value, normalised: folded.normalised, warnings: findings.warnings.map(written) };
}

/** Adds to the problems of structure those of size, uniqueness and of several fields together. */
function contentFindings(content: unknown, at: string, structural: FieldProblem[]): Findings {
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

function requestProblems(request: unknown, structural: FieldProblem[]): FieldProblem[] {
  if (!isObject(request)) return [];
  const told = new Set(structural.map((problem) => problem.pointer));
  const sizes = requestLimits.flatMap((limit) =>
    placesAt(request, limit.at).flatMap((place) => sizeProblem(limit, place) ?? []),
  );
  const platforms = repetitions({ within: "", each: "/platforms/*" }, request, "").problems;
  const all = [...sizes, ...platforms, ...metadataProblems(request), ...contextProblems(request)];
  return all.filter((problem) => !told.has(problem.pointer));
}

function metadataProblems(request: Record<string, unknown>): FieldProblem[] {
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
function contextProblems(request: Record<string, unknown>): FieldProblem[] {
  const reacts = isObject(request.content) && Object.hasOwn(request.content, "reaction");
  if (!reacts || !Object.hasOwn(request, "context")) return [];
  const message = "A reaction cannot quote: `reaction.message_id` says which message it is for.";
  return [{ pointer: "/context", rule: "not_with", limit: "reaction", message, hint: "Remove `context`." }];
}
