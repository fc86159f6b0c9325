import { isObject } from "../../../../src/core/json.ts";
import { normalise } from "../../../../src/core/normalise.ts";
import type { PlatformName } from "../../../../src/core/platform.ts";
import { type PlatformPreview, previewOnEach } from "../../../../src/core/preview.ts";
import type { FieldProblem } from "../../../../src/core/problem.ts";
import { type PlatformsPreview, validateSend } from "../../../../src/core/validate.ts";
import { pictures } from "../../../../src/platforms/pictures.ts";

export const platformNames = ["whatsapp", "messenger", "instagram", "telegram"] as const;

/** What the gateway would say of a body, and how the platforms would show it. */
export interface Judged {
  problems: FieldProblem[];
  warnings: FieldProblem[];
  /** Absent while the body has problems. */
  previews?: Record<PlatformName, PlatformPreview>;
}

/** Judges and draws by the gateway's own code: validation, policy, and the platforms' `render`. */
export function judge(body: Record<string, unknown>): Judged {
  const valid = validateSend({ from: "-", to: "-", ...body });
  if ("problems" in valid) return { problems: valid.problems, warnings: [] };
  const { content, adapt, options, origin } = valid.request;
  const request: PlatformsPreview = { platforms: [...platformNames], content, adapt, options, origin };
  const drawn = previewOnEach(pictures, request, valid.normalised);
  const previews = Object.fromEntries(drawn.map((one) => [one.platform, one])) as Judged["previews"];
  return { problems: [], warnings: valid.warnings, previews };
}

/** The content as the form shows it, spellings folded, and the way back to how it is written. */
export interface Shown {
  body: Record<string, unknown>;
  written(pointer: string): string;
}

export function shownOf(body: Record<string, unknown>): Shown {
  const folded = normalise(body.content, "/content");
  const content = isObject(folded.content) ? folded.content : {};
  return { body: { ...body, content }, written: folded.original };
}
