import { isFaultless } from "./faultless.ts";
import { contentFindings, type Findings, requestProblems } from "./findings.ts";
import { isObject } from "./json.ts";
import type { Content, Origin, Policy, RenderOptions, SendRequest } from "./message.ts";
import { optionsShape, previewShape, sendShape } from "./message-shape.ts";
import { type Folded, normalise } from "./normalise.ts";
import type { PlatformName } from "./platform.ts";
import type { FieldProblem } from "./problem.ts";
import type { ObjectShape } from "./shape.ts";
import { checkStructure } from "./structure.ts";

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
  if (isFaultless(shape, request)) return { request, normalised: folded.normalised, warnings: [] };
  const findings = contentFindings(folded.content, "/content", checkStructure(shape, request, ""));
  findings.problems.push(...requestProblems(request, findings.problems));
  return outcome(findings, folded, { request });
}

function outcome<Value>(findings: Findings, folded: Folded, value: Value): Validated<Value> {
  const written = (problem: FieldProblem) => ({ ...problem, pointer: folded.original(problem.pointer) });
  if (findings.problems.length > 0) return { problems: findings.problems.map(written) };
  return { ...value, normalised: folded.normalised, warnings: findings.warnings.map(written) };
}
