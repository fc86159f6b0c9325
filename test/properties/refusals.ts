import type { Policy } from "../../src/core/message.ts";
import type { PlatformName } from "../../src/core/platform.ts";

/** By platform, type and policy: the rules by which a valid message may be refused. */
type Committed = Partial<Record<PlatformName, Record<string, Partial<Record<Policy, readonly string[]>>>>>;

export const committed: Committed = {};

export function isCommitted(
  platform: PlatformName,
  { type, policy, rule }: { type: string; policy: Policy; rule: string },
): boolean {
  return committed[platform]?.[type]?.[policy]?.includes(rule) ?? false;
}
