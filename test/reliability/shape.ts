import type { Pace, Tried } from "./plan.ts";

/** How a conversation is written to: evenly, in bursts, or as the one long one of its platform. */
export const shapes = ["steady", "bursts", "long"] as const;
export type Shape = (typeof shapes)[number];

const meanBurst = 3;

/**
 * The long conversation: so many messages before the first kill, and then one so often, in seconds. WhatsApp and Telegram let no more
 * through to one person, so that a queue stands there all the time; on the others one stands after each kill.
 */
export const longQueues: Record<Tried, { first: number; everySeconds: number }> = {
  whatsapp: { first: 52, everySeconds: 6.2 },
  telegram: { first: 20, everySeconds: 1.1 },
  messenger: { first: 20, everySeconds: 0.2 },
  instagram: { first: 20, everySeconds: 0.2 },
};

/** The shape of a platform's conversation of that number. */
export function shapeOf(index: number): Shape {
  return index === 0 ? "long" : index % 2 === 0 ? "steady" : "bursts";
}

/** How long to rest before the message of that position, in ms. */
export function restMs(
  shape: Shape,
  { platform, position }: { platform: Tried; position: number },
  plan: Pace,
  random: () => number,
): number {
  const everyMs = plan.everySeconds * 1000;
  if (shape === "long") {
    return longQueues[platform].everySeconds * 1000;
  }
  // The first one at any time, or all would write at once ever after.
  if (shape === "steady") return position === 1 ? random() * everyMs : everyMs;
  return random() > 1 / meanBurst ? 0 : random() * 2 * meanBurst * everyMs;
}
