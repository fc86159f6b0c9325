import { z } from "zod";

// What the routes by which accounts are connected answer; the tests read their answers by these.

const count = z.int().min(0);
const state = <State extends string>(...states: [State, ...State[]]) => z.enum(states);

export const appAnswer = z.strictObject({
  id: z.string(),
  provider: z.string(),
  app_id: z.string().describe("The provider's own id of the app."),
  name: z.string(),
  secrets: count.describe("How many it has; they are told to nobody."),
  webhook_url: z.url().optional().describe("Absent without ANTIPHON_PUBLIC_URL."),
  verify_token: z.string(),
  channels: z.array(z.string()).describe("Ids of the channels that it serves."),
  unrouted: z
    .strictObject({ unknown: count, refused: count })
    .describe("Parts of its webhooks that reached no channel: nobody's, or of another app's channel."),
  created_at: z.iso.datetime(),
});
export const appsAnswer = z.strictObject({ data: z.array(appAnswer), next_cursor: z.null() });

const host = z.string();
export const checkAnswer = z.strictObject({
  credentials: z.strictObject({
    state: state("ok", "refused", "unreachable"),
    problem: z
      .strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() })
      .optional(),
  }),
  permissions: z.strictObject({
    state: state("ok", "missing", "not_told"),
    granted: z.array(z.string()),
    missing: z.array(z.string()),
  }),
  identity: z.strictObject({ name: z.string().optional(), handle: z.string().optional() }),
  webhook: z.union([
    z.strictObject({ state: state("ours", "other"), host }),
    z.strictObject({ state: state("none", "not_told") }),
  ]),
  app: z
    .union([
      z.strictObject({ state: state("ok", "not_told") }),
      z.strictObject({ state: state("another"), id: z.string(), name: z.string().optional() }),
    ])
    .optional()
    .describe("Whether the token was made for the channel's app; absent where it has none."),
  refused_webhooks: z
    .strictObject({ count, last_at: z.iso.datetime() })
    .optional()
    .describe("Refused for their signature since the last genuine one, or since the start."),
  advice: z.array(z.string()).describe("What to do, the most urgent first; empty: nothing."),
});

export const registerAnswer = z.union([
  z.strictObject({ webhook_url: z.url(), state: state("ours", "not_told") }),
  z.strictObject({ polling: z.literal(true), state: z.literal("none") }),
]);
