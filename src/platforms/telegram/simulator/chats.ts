import type { JsonObject } from "../../../core/json.ts";
import { GatewayError } from "../../../core/problem.ts";
import {
  checkWishes,
  type SimulatedAccount,
  type SimulatedMessage,
  type SimulatedPerson,
  type World,
} from "../../../core/simulation.ts";
import { type Ask, textOf } from "./parameters.ts";
import { BotApiRefusal, badRequest } from "./refusal.ts";

export type TelegramBot = {
  username: string;
  first_name: string;
  allowed_updates?: string[];
  webhook?: { url: string; secret_token?: string; max_connections: number };
  last_error_date?: number;
  last_error_message?: string;
};
type TelegramPerson = {
  username: string;
  /** Their app's, an IETF tag. */
  language: string;
  /** Whether they have ever written: a bot may not begin. */
  started: boolean;
  /** The reply keyboard under their chat, and the message that brought it. */
  keyboard?: { message: string; rows: JsonObject[][]; once: boolean };
};
export const botState = (bot: SimulatedAccount) => bot.state as TelegramBot;
export const personState = (person: SimulatedPerson) => person.state as TelegramPerson;

export const botUser = (bot: SimulatedAccount): JsonObject => ({
  id: Number(bot.id),
  is_bot: true,
  first_name: botState(bot).first_name,
  username: botState(bot).username,
});

const names = (person: SimulatedPerson): JsonObject => {
  const [first = person.name, ...rest] = person.name.split(" ");
  return {
    first_name: first,
    ...(rest.length > 0 ? { last_name: rest.join(" ") } : {}),
    username: personState(person).username,
  };
};
export const userOf = (person: SimulatedPerson): JsonObject => ({
  id: Number(person.address),
  is_bot: false,
  ...names(person),
  language_code: personState(person).language,
});
export const chatOf = (person: SimulatedPerson): JsonObject => ({
  id: Number(person.address),
  ...names(person),
  type: "private",
});

export const unixSeconds = (world: World) => Math.floor(world.now() / 1000);

/** The person whose private chat a request names. */
export function chatNamed(ask: Ask): SimulatedPerson {
  const id = textOf(ask, "chat_id") ?? "";
  if (id === "") badRequest("chat_id is empty");
  const person = ask.world.people("telegram", ask.bot.id).find((known) => known.address === id.trim());
  return person ?? badRequest("chat not found");
}

/** The same, where the bot wants to say something there. */
export function chatToWrite(ask: Ask): SimulatedPerson {
  const person = chatNamed(ask);
  if (person.blocked) throw new BotApiRefusal(403, "bot was blocked by the user");
  if (!personState(person).started) {
    throw new BotApiRefusal(403, "bot can't initiate conversation with a user");
  }
  return person;
}

/** The Message object as it stands now. */
export const nativeMessage = (message: SimulatedMessage): JsonObject => message.native.message as JsonObject;

export function mintMessageId(world: World, person: SimulatedPerson): number {
  return world.next(`telegram message ${person.channel} ${person.address}`);
}

/** https://core.telegram.org/method/account.checkUsername, read 2026-11-21. */
const usernameForm = /^[A-Za-z]\w{3,31}$/;

const languageForm = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/;

export function newPerson(world: World, bot: SimulatedAccount, wishes: JsonObject): SimulatedPerson {
  checkWishes(wishes, { name: "text", username: "text", language: "text" }, "a Telegram person");
  if (wishes.username !== undefined && !usernameForm.test(String(wishes.username))) {
    throw new GatewayError(
      "invalid_request",
      '"username" must be 4 to 32 of a-z, 0-9 and _, a letter first.',
    );
  }
  const language = String(wishes.language ?? "en");
  if (!languageForm.test(language)) {
    throw new GatewayError("invalid_request", '"language" must be a language tag such as "pt-BR".');
  }
  const serial = world.next("telegram person");
  const address = String(5_000_000_000 + serial);
  const name = String(wishes.name ?? `Person ${serial}`);
  const username = String(wishes.username ?? `person_${serial}`);
  return {
    id: `telegram:${address}`,
    platform: "telegram",
    channel: bot.id,
    name,
    address,
    blocked: false,
    state: { username, language, started: false },
  };
}

export function newBot(world: World, wishes: JsonObject): SimulatedAccount {
  checkWishes(wishes, { name: "text" }, "a Telegram bot");
  const serial = world.next("telegram bot");
  const id = String(7_000_000_000 + serial);
  const username = `simulated_${serial}_bot`;
  return {
    platform: "telegram",
    id,
    token: `${id}:AA${world.digest(`telegram token ${serial}`).slice(0, 33)}`,
    shown: { username },
    state: { username, first_name: String(wishes.name ?? `Simulated bot ${serial}`) },
  };
}
