import { isObject } from "../../../core/json.ts";
import type { Fields } from "../read.ts";

/** Nothing of Meta's nests deeper: an advertisement's context, a lead's answers. */
const maxDepth = 4;

/**
 * Where a contact came from, as Meta tells it, without the addresses of an advertisement's pictures: they are signed
 * and end, and the advertisement's id says more. Undefined where there is nothing.
 */
export function referralOf(value: unknown): Fields | undefined {
  const referral = isObject(value) ? plain(value, maxDepth) : undefined;
  return isObject(referral) && Object.keys(referral).length > 0 ? referral : undefined;
}

/** A copy without what nests too deep to be stored, and without addresses of files but what `pictureOf` makes of a card's. */
export function plain(
  value: unknown,
  levels: number,
  pictureOf: (url: unknown) => Fields = () => ({}),
): unknown {
  if (Array.isArray(value))
    return levels > 0 ? value.map((one) => plain(one, levels - 1, pictureOf)) : undefined;
  if (!isObject(value)) return value;
  if (levels <= 0) return undefined;
  const kept = Object.entries(value).filter(
    ([key]) => !/(?:photo|video|image|picture|preview|thumbnail)_url$/.test(key),
  );
  const copies = kept.map(([key, inner]) => [key, plain(inner, levels - 1, pictureOf)] as const);
  const told = Object.fromEntries(copies.filter(([, inner]) => inner !== undefined));
  return { ...pictureOf(value.image_url), ...told };
}
