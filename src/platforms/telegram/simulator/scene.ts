import type { JsonObject } from "../../../core/json.ts";
import { GatewayError } from "../../../core/problem.ts";
import type {
  ActResult,
  ScreenView,
  SimulatedAccount,
  SimulatedMessage,
  SimulatedPerson,
  World,
} from "../../../core/simulation.ts";
import { chatOf, mintMessageId, personState, unixSeconds, userOf } from "./chats.ts";
import { draw } from "./draw.ts";
import { describe } from "./screen.ts";
import { emitUpdate } from "./updates.ts";
import { asReply } from "./write.ts";

/** Who does something, and in whose chat. */
export interface Scene {
  world: World;
  bot: SimulatedAccount;
  person: SimulatedPerson;
}
/** What cannot be done on this screen. */
export function conflict(detail: string): never {
  throw new GatewayError("conflict", detail);
}

/** The message with this screen id, or a sentence with what there is. */
export function onScreen(scene: Scene, id: string): SimulatedMessage {
  const message = scene.world.message(scene.person.id, id);
  if (message) return message;
  const known = scene.world.messages(scene.person.id).map((other) => describe(scene.person, other));
  const there = known.length > 0 ? `There is: ${known.join("; ")}.` : "It is empty.";
  return conflict(`There is no message "${id}" on the screen. ${there}`);
}

/** The person writes: into the chat, and to the bot. Whoever writes has started the bot. */
export function post(scene: Scene, content: JsonObject, quotes?: SimulatedMessage): ActResult {
  const { world, bot, person } = scene;
  if (!personState(person).started) {
    world.savePerson({ ...person, state: { ...person.state, started: true } });
  }
  const id = mintMessageId(world, person);
  const message = {
    message_id: id,
    from: userOf(person),
    chat: chatOf(person),
    date: unixSeconds(world),
    ...(quotes ? { reply_to_message: asReply(quotes) } : {}),
    ...content,
  };
  const native = { message };
  const view: ScreenView = { ...draw(native), ...(quotes ? { quotes: quotes.id } : {}) };
  world.saveMessage({ id: String(id), person: person.id, from: "person", at: world.now(), view, native });
  emitUpdate(world, bot, { queue: `chat ${person.address}`, kind: "message", content: message });
  return { messages: [String(id)] };
}

/** Commands are the only entities that a person's text has here. */
export function textContent(text: string): JsonObject {
  const commands = [...text.matchAll(/(?<=^|\s)\/[a-z0-9_]{1,32}(?:@\w+)?(?=$|\s)/gi)];
  const entities = commands.map((match) => ({
    type: "bot_command",
    offset: match.index,
    length: match[0].length,
  }));
  return { text, ...(entities.length > 0 ? { entities } : {}) };
}
