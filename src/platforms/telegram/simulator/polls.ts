import type { Json, JsonObject } from "../../../core/json.ts";
import type { SimulatedAccount, SimulatedMessage, World } from "../../../core/simulation.ts";
import { chatNamed, nativeMessage } from "./chats.ts";
import { codePoints } from "./count.ts";
import { entityField, formatted } from "./formatting.ts";
import { limits } from "./limits.ts";
import { inlineOf } from "./markup.ts";
import { type Ask, asObject, flagOf, integerOf, jsonOf, textOf } from "./parameters.ts";
import { badRequest } from "./refusal.ts";
import { emitUpdate } from "./updates.ts";
import { rewrite, type Written, write } from "./write.ts";

function optionTexts(ask: Ask): string[] {
  const options = jsonOf(ask, "options");
  if (!Array.isArray(options)) return badRequest("options must be an Array");
  if (options.length === 0) badRequest("poll must have at least one answer option");
  if (options.length > limits.options) badRequest(`poll can't have more than ${limits.options} options`);
  const texts = options.map((option) =>
    (typeof option === "string" ? option : String(asObject(option).text ?? "")).trim(),
  );
  if (texts.includes("")) badRequest("poll options must be non-empty");
  if (texts.some((text) => codePoints(text) > limits.optionText)) {
    badRequest(`poll options length must not exceed ${limits.optionText}`);
  }
  return texts;
}

/** Custom emoji are the only entities of a question, so any other formatting of it is dropped. */
function question(ask: Ask): string {
  const names = { text: "question", mode: "question_parse_mode", entities: "question_entities" };
  const { text } = formatted(ask, names);
  if (text === "") badRequest("poll question must be non-empty");
  if (codePoints(text) > limits.question)
    badRequest(`poll question length must not exceed ${limits.question}`);
  return text;
}

function description(ask: Ask): JsonObject {
  const names = { text: "description", mode: "description_parse_mode", entities: "description_entities" };
  const { text, entities } = formatted(ask, names);
  if (codePoints(text) > limits.pollDescription) {
    badRequest(`poll description length must not exceed ${limits.pollDescription}`);
  }
  return text === "" ? {} : { description: text, ...entityField("description_entities", entities) };
}

function correctOptions(ask: Ask, count: number): number[] {
  const single = integerOf(ask, "correct_option_id");
  const list = jsonOf(ask, "correct_option_ids") ?? (single === undefined ? [] : [single]);
  const ids = Array.isArray(list) ? list.map(Number) : [];
  const rising = ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0));
  if (ids.length === 0 || !rising || ids.some((id) => !(id >= 0 && id < count))) {
    badRequest("wrong correct option ID specified");
  }
  return ids;
}

function checkTimes(ask: Ask): void {
  const period = integerOf(ask, "open_period");
  const closes = integerOf(ask, "close_date");
  if (period !== undefined && closes !== undefined)
    badRequest("open_period and close_date can't be used together");
  if (period !== undefined && (period < 5 || period > 2_628_000))
    badRequest("open_period must be between 5 and 2628000");
}

export function sendPoll(ask: Ask): Written {
  const asked = question(ask);
  const texts = optionTexts(ask);
  const type = textOf(ask, "type") === "quiz" ? "quiz" : "regular";
  const explanation = textOf(ask, "explanation") ?? "";
  if (codePoints(explanation) > limits.explanation) badRequest("message is too long");
  checkTimes(ask);
  const quiz: JsonObject = type === "quiz" ? { correct_option_ids: correctOptions(ask, texts.length) } : {};
  const more = description(ask);
  const poll = {
    id: String(ask.world.next(`telegram poll`, 5_447_000_000_000_001)),
    question: asked,
    ...more,
    options: texts.map((text, index) => ({ persistent_id: String(index), text, voter_count: 0 })),
    total_voter_count: 0,
    is_closed: flagOf(ask, "is_closed") ?? false,
    // Telegram's own default: whoever forgets it never hears of a vote.
    is_anonymous: flagOf(ask, "is_anonymous") ?? true,
    type,
    allows_multiple_answers: flagOf(ask, "allows_multiple_answers") ?? false,
    allows_revoting: flagOf(ask, "allows_revoting") ?? type === "regular",
    members_only: false,
    ...quiz,
  };
  return write(ask, () => ({ poll }));
}

/** A poll's counts follow from the one person's votes. */
export function withVotes(poll: JsonObject, votes: readonly number[]): JsonObject {
  const options = (poll.options as JsonObject[]).map((option, index) => ({
    ...option,
    voter_count: votes.includes(index) ? 1 : 0,
  }));
  return { ...poll, options, total_voter_count: votes.length > 0 ? 1 : 0 };
}

export function emitPoll(world: World, bot: SimulatedAccount, poll: Json): void {
  const content = asObject(poll);
  emitUpdate(world, bot, { queue: `poll ${String(content.id)}`, kind: "poll", content });
}

export function stopPoll(ask: Ask): { poll: JsonObject; person: string } {
  const person = chatNamed(ask);
  const stored = ask.world.message(person.id, textOf(ask, "message_id") ?? "");
  if (!stored) return badRequest("message with poll to stop not found");
  const message = nativeMessage(stored);
  if (message.poll === undefined || stored.from !== "business") return badRequest("message can't be edited");
  const poll = asObject(message.poll);
  if (poll.is_closed === true) badRequest("poll has already been closed");
  return { poll: close(ask, stored, poll), person: person.id };
}

function close(ask: Ask, stored: SimulatedMessage, poll: JsonObject): JsonObject {
  const { reply_markup: _before, ...message } = nativeMessage(stored);
  const inline = inlineOf(ask);
  const closed = { ...poll, is_closed: true };
  const changed = { ...message, poll: closed, ...(inline ? { reply_markup: inline } : {}) };
  rewrite(ask, stored, { ...stored.native, message: changed });
  return closed;
}
