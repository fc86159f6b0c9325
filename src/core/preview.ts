import { type Adaptation, refusals } from "./adaptation.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Content, Origin, Policy, RenderOptions } from "./message.ts";
import type { Platform, PlatformName, Rendering } from "./platform.ts";
import { type FieldProblem, GatewayError } from "./problem.ts";
import type { PlatformsPreview } from "./validate.ts";

/** What of a platform draws a message. It is pure, so that a page draws by the same code as the gateway. */
export type PlatformPicture = Pick<
  Platform,
  "name" | "title" | "capabilities" | "sampleAddress" | "address" | "render"
>;

/** A message as a preview without a channel draws it. */
export interface Preview {
  calls: Rendering["calls"];
  adaptation: Adaptation;
  warnings: FieldProblem[];
}

/** A platform's part of the answer to a preview: the picture, or why there is none. */
export type PlatformPreview = { platform: PlatformName } & (
  | Preview
  | { code: string; detail: string; errors: FieldProblem[]; adaptation?: Json }
);

interface Previewed {
  content: Content;
  adapt?: Policy;
  options?: RenderOptions;
  origin?: Origin;
}

/** Draws for a platform without a channel. Throws `not_representable` where the policy does not admit the drawing. */
export function previewOn(platform: PlatformPicture, preview: Previewed, normalised: string[]): Preview {
  const rendering = platform.render(preview.content, {
    to: platform.sampleAddress,
    chat: "private",
    token: "preview",
    options: preview.options ?? {},
    language: preview.options?.language,
    quotes: "reaction" in preview.content ? `${platform.sampleAddress}:1` : undefined,
    origin: preview.origin,
  });
  refuseUnless(rendering.adaptation, preview.adapt ?? "lossless", platform);
  const adaptation = withNormalised(rendering.adaptation, normalised);
  return { calls: rendering.calls, adaptation, warnings: rendering.warnings ?? [] };
}

/** Draws for every platform that is named. One platform's refusal does not hide the others' pictures. */
export function previewOnEach(
  pictures: Record<PlatformName, PlatformPicture>,
  preview: PlatformsPreview,
  normalised: string[],
): PlatformPreview[] {
  return preview.platforms.map((platform) => {
    try {
      return { platform, ...previewOn(pictures[platform], preview, normalised) };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { platform, code: error.code, detail: error.detail, errors: error.errors, ...error.extra };
    }
  });
}

/** Throws `not_representable`, with what is lost at which field, where the policy does not admit a drawing. */
export function refuseUnless(
  adaptation: Adaptation,
  policy: Policy,
  { title }: Pick<Platform, "title">,
): void {
  const errors = refusals(adaptation, policy);
  if (errors.length === 0) return;
  throw new GatewayError("not_representable", `${title} cannot show this message under "${policy}".`, {
    errors,
    extra: { adaptation: JSON.parse(JSON.stringify(adaptation)) as JsonObject },
  });
}

/** The ledger, with what validation had folded before. */
export function withNormalised(adaptation: Adaptation, normalised: string[]): Adaptation {
  return normalised.length > 0 ? { ...adaptation, normalised } : adaptation;
}
