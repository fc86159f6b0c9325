import type { SizeLimit } from "./limits.ts";
import type { Content, MessageType } from "./message.ts";
import { replyCarousel, samples, urlCarousel } from "./samples.ts";

/** The sample of a type that has the place a limit speaks of. */
function sampleFor(type: MessageType, limit: SizeLimit): Content {
  if (type !== "carousel") return samples()[type];
  return limit.at.includes("parameters") ? urlCarousel() : replyCarousel();
}

/** The sample with the value at `at` (every `*` the first) replaced by one of the given size. */
export function resized(
  type: MessageType,
  limit: SizeLimit,
  size: number,
): { content: Content; pointer: string } {
  // All cards have as many buttons as the first.
  if (type === "carousel" && limit.at.endsWith("/buttons") && size === limit.max) {
    return { content: replyCarousel(2, size), pointer: "" };
  }
  const content: Record<string, unknown> = { ...sampleFor(type, limit) };
  const key = Object.keys(content)[0]!;
  const steps = [key, ...limit.at.split("/").slice(1)].map((step) => (step === "*" ? "0" : step));
  let parent: Record<string, unknown> = content;
  for (const step of steps.slice(0, -1)) parent = parent[step] as Record<string, unknown>;
  const last = steps.at(-1)!;
  parent[last] = ofSize(parent[last], limit, size);
  if (type === "list" && limit.at.endsWith("rows")) onlySection(content as Content);
  return { content: content as Content, pointer: `/content/${steps.join("/")}` };
}

function ofSize(value: unknown, limit: SizeLimit, size: number): unknown {
  if (limit.unit === undefined) return size;
  if (limit.unit === "line_breaks") return `a${"\n".repeat(size)}b`;
  // A letter outside the first plane: two UTF-16 units and four bytes, so that counting either would show.
  if (limit.unit === "code_points") return "𝒂".repeat(size);
  return Array.from({ length: size }, (_, index) => numbered((value as unknown[])[0], index));
}

/** A copy of an item with ids, titles and indexes of its own. */
function numbered(item: unknown, index: number): unknown {
  const text = JSON.stringify(item)
    .replace(/"card_index":\d+/g, `"card_index":${index}`)
    .replace(/"(id|title)":"[^"]*"/g, (_, name) => `"${name}":"${name} ${index}"`);
  return JSON.parse(text);
}

/** Rows of other sections count too, and a card's index depends on how many cards there are. */
export function isBounded(type: MessageType, limit: SizeLimit): boolean {
  return !(type === "carousel" && limit.at.endsWith("card_index"));
}

function onlySection(content: Content): void {
  const { interactive } = content as { interactive: { action: { sections: unknown[] } } };
  interactive.action.sections.length = 1;
}
