import type { SimulatedAccount, World } from "../../../core/simulation.ts";
import { codePoints } from "./count.ts";
import { answerWithinMs, limits } from "./limits.ts";
import { type Ask, textOf } from "./parameters.ts";
import { badRequest } from "./refusal.ts";

const keyOf = (bot: SimulatedAccount, id: string) => `telegram query ${bot.id} ${id}`;

/** A new callback query, which may be answered once, and not for long. */
export function openQuery(world: World, bot: SimulatedAccount, person: string): string {
  const id = String(BigInt(world.next("telegram query")) * 1_000_000_007n + 4_382_000_000_000_000_000n);
  world.saveNote(keyOf(bot, id), { at: world.now(), person });
  return id;
}

export function answerCallbackQuery(ask: Ask): string | undefined {
  const id = textOf(ask, "callback_query_id") ?? "";
  const toast = textOf(ask, "text") ?? "";
  if (codePoints(toast) > limits.toast) badRequest("MESSAGE_TOO_LONG");
  const key = keyOf(ask.bot, id);
  const query = ask.world.note(key);
  const late = !query || query.answered === true || ask.world.now() - Number(query.at) > answerWithinMs;
  if (late) badRequest("query is too old and response timeout expired or query ID is invalid");
  ask.world.saveNote(key, { ...query, answered: true, toast });
  return query ? String(query.person) : undefined;
}
