import { z } from "zod";
import { eventTypes } from "../core/event.ts";

const eventList = z
  .array(z.enum(eventTypes))
  .max(eventTypes.length)
  .describe("Event types to send; none: all. Not with `raw`.");
export const maxChannels = 1000;
const channelList = z
  .array(z.string())
  .max(maxChannels)
  .describe("Channels, by id or natural id; none: all that the key may see.");
export const urlSchema = z
  .string()
  .max(2000)
  .describe("Where events are posted: https, or http where private endpoints are allowed.");

const wishes = {
  events: eventList.optional(),
  channels: channelList.optional(),
  ordered: z
    .boolean()
    .optional()
    .describe(
      "True: the events of a conversation strictly in order; one that fails holds up those behind it.",
    ),
  max_age_seconds: z
    .int()
    .min(1)
    .max(2_592_000)
    .nullish()
    .describe("What has waited longer is dead; null: nothing is too old."),
  max_per_second: z
    .int()
    .min(1)
    .max(10_000)
    .nullish()
    .describe("How many are delivered a second at most; null: as fast as it answers."),
  require_ok: z
    .boolean()
    .optional()
    .describe("True: refused where the test delivery is not answered with 2xx."),
};
export const newEndpointSchema = z.strictObject({
  url: urlSchema,
  format: z
    .enum(["antiphon", "raw"])
    .optional()
    .describe("`antiphon` (default): events. `raw`: what platforms post, byte for byte."),
  ...wishes,
});
export const endpointChangeSchema = z.strictObject({
  url: urlSchema.optional(),
  enabled: z.boolean().optional(),
  ...wishes,
});
export const rotationSchema = z.strictObject({
  overlap_seconds: z
    .int()
    .min(0)
    .max(604_800)
    .optional()
    .describe("How long the former secret signs too; 86400 if absent."),
});
