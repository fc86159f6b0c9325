import type { JsonObject } from "../../../core/json.ts";
import type {
  Handling,
  SimulatedAccount,
  SimulatedAnswer,
  StoredUpdate,
  World,
} from "../../../core/simulation.ts";
import { botState, type TelegramBot, unixSeconds } from "./chats.ts";
import { keptMs, limits, webhookRate } from "./limits.ts";
import { type Ask, flagOf, integerOf, jsonOf, textOf } from "./parameters.ts";
import { BotApiRefusal, badRequest, refusalAnswer, tooManyRequests } from "./refusal.ts";

/** All but these three are sent unless a list says otherwise. */
const onRequest = ["chat_member", "message_reaction", "message_reaction_count"];
const kinds = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_connection",
  "business_message",
  "edited_business_message",
  "deleted_business_messages",
  "message_reaction",
  "message_reaction_count",
  "inline_query",
  "chosen_inline_result",
  "callback_query",
  "shipping_query",
  "pre_checkout_query",
  "purchased_paid_media",
  "poll",
  "poll_answer",
  "my_chat_member",
  "chat_member",
  "chat_join_request",
  "chat_boost",
  "removed_chat_boost",
];

export const ok = (
  result: JsonObject | JsonObject[] | boolean | string,
  description?: string,
): SimulatedAnswer => ({
  status: 200,
  body: { ok: true, result, ...(description === undefined ? {} : { description }) },
});

function changeBot(world: World, bot: SimulatedAccount, change: Partial<TelegramBot>): void {
  const current = world.accounts("telegram").find((known) => known.id === bot.id) ?? bot;
  world.saveAccount({ ...current, state: JSON.parse(JSON.stringify({ ...current.state, ...change })) });
}

/** Queues an update, if the bot has asked for its kind. */
export function emitUpdate(
  world: World,
  bot: SimulatedAccount,
  update: { queue: string; kind: string; content: JsonObject },
): void {
  const { queue, kind, content } = update;
  const { allowed_updates } = botState(bot);
  if (allowed_updates ? !allowed_updates.includes(kind) : onRequest.includes(kind)) return;
  const id = world.next(`telegram update ${bot.id}`, 100_000_001);
  const kept = kind === "callback_query" ? keptMs.callback_query : keptMs.message;
  world.emit({
    platform: "telegram",
    channel: bot.id,
    queue,
    payload: { update_id: id, [kind]: content },
    expiresAt: world.now() + kept,
  });
}

/** Given: remembered. Empty, or nothing known in it: the default. Left out: as before. */
function rememberAllowed(ask: Ask): void {
  const list = jsonOf(ask, "allowed_updates");
  if (!Array.isArray(list)) return;
  const known = list.filter((kind): kind is string => typeof kind === "string" && kinds.includes(kind));
  changeBot(ask.world, ask.bot, { allowed_updates: known.length > 0 ? known : undefined });
}

const idOf = (update: StoredUpdate) => Number(update.payload.update_id);

function pending(ask: Ask): StoredUpdate[] {
  const all = ask.world.updates("telegram", ask.bot.id);
  const expired = all.filter((update) => update.expiresAt <= ask.world.now());
  ask.world.dropUpdates(expired.map((update) => update.position));
  return all.filter((update) => !expired.includes(update)).sort((one, other) => idOf(one) - idOf(other));
}

/** Everything below `offset` is confirmed and gone; a negative one keeps that many of the last. */
function confirm(ask: Ask, offset: number): void {
  const waiting = pending(ask);
  const gone = offset < 0 ? waiting.slice(0, offset) : waiting.filter((update) => idOf(update) < offset);
  ask.world.dropUpdates(gone.map((update) => update.position));
}

const waitKey = (ask: Ask) => `getUpdates ${ask.bot.id}`;
const conflict = (description: string) => new BotApiRefusal(409, description);

/** A real long poll: held open until an update comes, or another call of its kind ends it. */
export function getUpdates(ask: Ask): Handling {
  if (botState(ask.bot).webhook) {
    throw conflict(
      "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  rememberAllowed(ask);
  const offset = integerOf(ask, "offset") ?? 0;
  if (offset !== 0) confirm(ask, offset);
  const limit = Math.min(Math.max(integerOf(ask, "limit") ?? limits.pollUpdates, 1), limits.pollUpdates);
  const seconds = Math.min(Math.max(integerOf(ask, "timeout") ?? 0, 0), limits.pollSeconds);
  const terminated =
    "terminated by other getUpdates request; make sure that only one bot instance is running";
  return {
    kind: "wait",
    key: waitKey(ask),
    seconds,
    attempt(last) {
      const updates = pending(ask).slice(0, limit);
      return updates.length === 0 && !last ? null : ok(updates.map((update) => update.payload));
    },
    ousted: refusalAnswer(conflict(terminated)),
  };
}

function checkSecret(secret: string | undefined): void {
  if (secret === undefined) return;
  if (secret.length > limits.secretToken) badRequest("secret token is too long");
  if (!/^[A-Za-z0-9_-]*$/.test(secret)) badRequest("secret token contains unallowed characters");
}

function dropPending(ask: Ask): void {
  if (flagOf(ask, "drop_pending_updates") !== true) return;
  ask.world.dropUpdates(pending(ask).map((update) => update.position));
}

/** http and any port are taken too, as by Telegram's own server in its local mode. */
export function setWebhook(ask: Ask): Handling {
  const url = textOf(ask, "url") ?? "";
  if (url === "") return deleteWebhook(ask);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    badRequest("bad webhook: An HTTPS URL must be provided for webhook");
  }
  const secret = textOf(ask, "secret_token");
  checkSecret(secret);
  if (ask.world.take(`telegram setWebhook ${ask.bot.id}`, webhookRate) > 0) throw tooManyRequests(1);
  rememberAllowed(ask);
  dropPending(ask);
  const before = botState(ask.bot).webhook;
  const max_connections = Math.min(Math.max(integerOf(ask, "max_connections") ?? 40, 1), 100);
  const webhook = { url, max_connections, ...(secret ? { secret_token: secret } : {}) };
  changeBot(ask.world, ask.bot, { webhook, last_error_date: undefined, last_error_message: undefined });
  const same = JSON.stringify(before) === JSON.stringify(webhook);
  return {
    kind: "answer",
    answer: ok(true, same ? "Webhook is already set" : "Webhook was set"),
    ousts: { key: waitKey(ask), answer: refusalAnswer(conflict("terminated by setWebhook request")) },
  };
}

export function deleteWebhook(ask: Ask): Handling {
  dropPending(ask);
  const was = botState(ask.bot).webhook !== undefined;
  changeBot(ask.world, ask.bot, { webhook: undefined });
  return { kind: "answer", answer: ok(true, was ? "Webhook was deleted" : "Webhook is already deleted") };
}

export function getWebhookInfo(ask: Ask): JsonObject {
  const { webhook, allowed_updates, last_error_date, last_error_message } = botState(ask.bot);
  return {
    url: webhook?.url ?? "",
    has_custom_certificate: false,
    pending_update_count: pending(ask).length,
    ...(webhook ? { max_connections: webhook.max_connections } : {}),
    ...(last_error_date === undefined
      ? {}
      : { last_error_date, last_error_message: last_error_message ?? "" }),
    ...(allowed_updates ? { allowed_updates } : {}),
  };
}

/** What getWebhookInfo tells of the last POST that failed. */
export function rememberFailure(
  world: World,
  bot: SimulatedAccount,
  outcome: { status?: number; error?: string },
): void {
  const { status, error } = outcome;
  if (status !== undefined && status >= 200 && status < 300) return;
  const message =
    status === undefined ? `Connection failed: ${error}` : `Wrong response from the webhook: ${status}`;
  changeBot(world, bot, { last_error_date: unixSeconds(world), last_error_message: message });
}
