import type { JsonObject } from "../../../core/json.ts";
import type { Act, ActResult, SimulatedMessage } from "../../../core/simulation.ts";
import { nativeMessage, userOf } from "./chats.ts";
import { draw } from "./draw.ts";
import { asObject } from "./parameters.ts";
import { emitPoll, withVotes } from "./polls.ts";
import { conflict, onScreen, type Scene } from "./scene.ts";
import { describe, viewOf } from "./screen.ts";
import { emitUpdate } from "./updates.ts";

function chosen(scene: Scene, message: SimulatedMessage, texts: string[]): number[] {
  const options = viewOf(scene.person, message).poll?.options ?? [];
  return texts.map((text) => {
    const index = options.findIndex((option) => option.text === text);
    return index >= 0
      ? index
      : conflict(`There is no option "${text}" to vote for. There is: ${describe(scene.person, message)}.`);
  });
}

function checkVote(poll: JsonObject, before: unknown[], votes: number[]): void {
  if (poll.is_closed === true) conflict("The poll is closed: nobody can vote any more.");
  if (votes.length > 1 && poll.allows_multiple_answers !== true) conflict("The poll takes one option only.");
  if (before.length > 0 && poll.allows_revoting !== true) {
    conflict("The person has voted, and this poll does not let a vote be changed or taken back.");
  }
  if (before.length === 0 && votes.length === 0) conflict("There is no vote to take back.");
}

/** Votes, votes again or takes the vote back, as far as the poll allows it. */
export function vote(scene: Scene, act: Extract<Act, { act: "vote" }>): ActResult {
  const { world, bot, person } = scene;
  const message = onScreen(scene, act.message);
  const native = nativeMessage(message);
  if (native.poll === undefined) conflict(`There is no poll. There is: ${describe(person, message)}.`);
  const poll = asObject(native.poll);
  const before = Array.isArray(message.native.votes) ? message.native.votes : [];
  const votes = chosen(scene, message, act.options).sort((one, other) => one - other);
  checkVote(poll, before, votes);
  const counted = withVotes(poll, votes);
  const changed = { ...message.native, message: { ...native, poll: counted }, votes };
  world.saveMessage({ ...message, native: changed, view: { ...message.view, ...draw(changed) } });
  if (poll.is_anonymous !== true) {
    const content = {
      poll_id: String(poll.id),
      user: userOf(person),
      option_ids: votes,
      option_persistent_ids: votes.map(String),
    };
    emitUpdate(world, bot, { queue: `poll ${String(poll.id)}`, kind: "poll_answer", content });
  }
  emitPoll(world, bot, counted);
  return { messages: [] };
}
