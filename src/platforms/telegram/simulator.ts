import { isObject, type JsonObject } from "../../core/json.ts";
import { GatewayError } from "../../core/problem.ts";
import type {
  Handling,
  SimulatedAccount,
  SimulatedPlatform,
  SimulatedRequest,
  World,
} from "../../core/simulation.ts";
import { perform } from "./simulator/acts.ts";
import { botState, newBot, newPerson } from "./simulator/chats.ts";
import { download } from "./simulator/files.ts";
import { allowedInAnswer, putsMessage, runMethod } from "./simulator/methods.ts";
import { BotApiRefusal, badRequest, refusalAnswer, tooManyRequests } from "./simulator/refusal.ts";
import { viewOf } from "./simulator/screen.ts";
import { rememberFailure } from "./simulator/updates.ts";

const botPath = /^\/bot([^/]+)(?:\/test)?\/([^/]*)$/;
const filePath = /^\/file\/bot([^/]+)(?:\/test)?\/(.+)$/;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function authenticate(world: World, token: string): SimulatedAccount {
  const bot = world.accounts("telegram").find((known) => known.token === decoded(token));
  if (bot) return bot;
  const wellFormed = /^\d+:.+$/.test(decoded(token));
  throw new BotApiRefusal(401, wellFormed ? "Unauthorized" : "Unauthorized: invalid token specified");
}

function route(world: World, request: SimulatedRequest): Handling {
  const [, fileToken, path] = filePath.exec(request.path) ?? [];
  if (fileToken !== undefined && path !== undefined) {
    const bot = authenticate(world, fileToken);
    return { kind: "answer", answer: download(world, bot.id, decoded(path)) };
  }
  const [, token = "", method = ""] = botPath.exec(request.path) ?? [];
  const bot = authenticate(world, token);
  if (request.malformed) badRequest("can't parse request");
  const fields: JsonObject = { ...request.query, ...request.body };
  return runMethod(method, { world, bot, fields, uploads: request.uploads });
}

function handle(world: World, request: SimulatedRequest): Handling {
  try {
    return route(world, request);
  } catch (error) {
    if (!(error instanceof BotApiRefusal)) throw error;
    return { kind: "answer", answer: refusalAnswer(error) };
  }
}

/** The bot's id is the part of its token before the colon; only that part is shown. */
function addressee(_world: World, request: SimulatedRequest): { channel?: string; shownPath: string } {
  const token = (botPath.exec(request.path) ?? filePath.exec(request.path))?.[1] ?? "";
  const [, id] = /^(\d+):/.exec(decoded(token)) ?? [];
  const shownPath = request.path.replace(token, id === undefined ? "***" : `${id}:***`);
  return { ...(id === undefined ? {} : { channel: id }), shownPath };
}

const maxRetryMs = 60_000;
/** A webhook may ask for a later try by `Retry-After`, for up to an hour. */
const maxAskedSeconds = 3600;

/** The call that a webhook's answer asks for by naming a method. */
function answeredCall(bot: SimulatedAccount, body: string, contentType: string): SimulatedRequest | null {
  let fields: unknown;
  try {
    fields = contentType.includes("urlencoded")
      ? Object.fromEntries(new URLSearchParams(body))
      : JSON.parse(body);
  } catch {
    return null;
  }
  if (!isObject(fields) || typeof fields.method !== "string" || !allowedInAnswer(fields.method)) return null;
  const { method, ...rest } = fields as JsonObject;
  const path = `/bot${bot.token}/${String(method)}`;
  return { method: "POST", path, query: {}, headers: {}, body: rest, uploads: [], malformed: false };
}

/** The Bot API's side of the wire and the people on it: private chats. */
export const telegramSimulator: SimulatedPlatform = {
  name: "telegram",
  owns: (_world, { path }) => path.startsWith("/bot") || path.startsWith("/file/bot"),
  newAccount: newBot,
  newPerson,
  handle(world, request) {
    if (botPath.test(request.path) || filePath.test(request.path)) return handle(world, request);
    return { kind: "answer", answer: refusalAnswer(new BotApiRefusal(404, "Not Found")) };
  },
  isSend: (request) => putsMessage(botPath.exec(request.path)?.[2] ?? ""),
  faultAnswer(fault, retryAfterSeconds) {
    if (fault === "rate_limit") return refusalAnswer(tooManyRequests(retryAfterSeconds));
    return refusalAnswer(new BotApiRefusal(500, "Internal Server Error"));
  },
  addressee,
  screen: (world, person) =>
    world
      .messages(person.id)
      .map((message) => ({ id: message.id, from: message.from, ...viewOf(person, message) })),
  act(world, person, act) {
    const bot = world.accounts("telegram").find((known) => known.id === person.channel);
    if (!bot) throw new GatewayError("conflict", `The bot ${person.channel} is gone.`);
    return perform({ world, bot, person }, act);
  },
  target: (_world, bot) => botState(bot).webhook?.url ?? null,
  outlet: (_world, bot) => bot.id,
  post(_world, bot, payload) {
    const secret = botState(bot).webhook?.secret_token;
    const headers: Record<string, string> = secret ? { "x-telegram-bot-api-secret-token": secret } : {};
    return { headers, body: JSON.stringify(payload) };
  },
  batch: (payloads) => payloads,
  /** At once, then 2, 4, 8 … seconds up to a minute (server source, 2026-11-21), or what the webhook asked for. */
  retryAfterMs(tries, { retryAfterSeconds }) {
    if (retryAfterSeconds !== undefined) return Math.min(retryAfterSeconds, maxAskedSeconds) * 1000;
    return tries <= 1 ? 0 : Math.min(1000 * 2 ** (tries - 1), maxRetryMs);
  },
  posted(world, bot, outcome) {
    rememberFailure(world, bot, outcome);
    const fine = outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300;
    return fine ? answeredCall(bot, outcome.body, outcome.contentType) : null;
  },
};
