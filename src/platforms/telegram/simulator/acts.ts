import type { JsonObject } from "../../../core/json.ts";
import type { Place } from "../../../core/message.ts";
import { GatewayError } from "../../../core/problem.ts";
import type {
  Act,
  ActResult,
  FileGift,
  ScreenButton,
  ScreenView,
  SimulatedAccount,
  SimulatedMessage,
  SimulatedPerson,
  World,
} from "../../../core/simulation.ts";
import { botUser, chatOf, mintMessageId, nativeMessage, personState, unixSeconds, userOf } from "./chats.ts";
import { draw, inlineButtons } from "./draw.ts";
import { isReaction } from "./edit.ts";
import { fileOfPerson, type MediaKind, mediaField } from "./files.ts";
import { asObject } from "./parameters.ts";
import { emitPoll, withVotes } from "./polls.ts";
import { openQuery } from "./queries.ts";
import { describe, find, viewOf } from "./screen.ts";
import { emitUpdate } from "./updates.ts";
import { asReply } from "./write.ts";

export interface Scene {
  world: World;
  bot: SimulatedAccount;
  person: SimulatedPerson;
}
type Deed<Name extends Act["act"]> = Extract<Act, { act: Name }>;

function conflict(detail: string): never {
  throw new GatewayError("conflict", detail);
}

function onScreen(scene: Scene, id: string): SimulatedMessage {
  const message = scene.world.message(scene.person.id, id);
  if (message) return message;
  const known = scene.world.messages(scene.person.id).map((other) => describe(scene.person, other));
  const there = known.length > 0 ? `There is: ${known.join("; ")}.` : "It is empty.";
  return conflict(`There is no message "${id}" on the screen. ${there}`);
}

/** The person writes: into the chat, and to the bot. Whoever writes has started the bot. */
function post(scene: Scene, content: JsonObject, quotes?: SimulatedMessage): ActResult {
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
function textContent(text: string): JsonObject {
  const commands = [...text.matchAll(/(?<=^|\s)\/[a-z0-9_]{1,32}(?:@\w+)?(?=$|\s)/gi)];
  const entities = commands.map((match) => ({
    type: "bot_command",
    offset: match.index,
    length: match[0].length,
  }));
  return { text, ...(entities.length > 0 ? { entities } : {}) };
}

function say(scene: Scene, act: Deed<"say">): ActResult {
  return post(
    scene,
    textContent(act.text),
    act.quotes === undefined ? undefined : onScreen(scene, act.quotes),
  );
}

function hideKeyboard(scene: Scene): SimulatedPerson {
  const { keyboard, ...state } = personState(scene.person);
  if (!keyboard?.once) return scene.person;
  const person = { ...scene.person, state };
  scene.world.savePerson(person);
  return person;
}

/** A place answers the message whose keyboard asks for it; a name or an address makes it a venue. */
function shareLocation(scene: Scene, place: Place, plain: boolean): ActResult {
  const { keyboard } = personState(scene.person);
  const asks = keyboard?.rows.flat().some((button) => button.request_location === true);
  const answers =
    !plain && asks && keyboard ? scene.world.message(scene.person.id, keyboard.message) : undefined;
  const person = answers ? hideKeyboard(scene) : scene.person;
  const location = { latitude: place.latitude, longitude: place.longitude };
  const named = place.name !== undefined || place.address !== undefined;
  const venue = { location, title: place.name ?? "", address: place.address ?? "" };
  return post({ ...scene, person }, { location, ...(named ? { venue } : {}) }, answers);
}

function tapInline(scene: Scene, message: SimulatedMessage, index: number): ActResult {
  const { world, bot, person } = scene;
  const native = nativeMessage(message);
  const button = inlineButtons(native)[index];
  const data = button?.callback_data;
  // copy_text, disabled, switch_inline…: the client does it alone.
  if (typeof data !== "string") return { messages: [] };
  const id = openQuery(world, bot, person.id);
  const content = {
    id,
    from: userOf(person),
    message: native,
    chat_instance: String(-BigInt(`0x${world.digest(`chat ${bot.id} ${person.address}`).slice(0, 15)}`)),
    data,
  };
  emitUpdate(world, bot, { queue: `user ${person.address}`, kind: "callback_query", content });
  return { messages: [] };
}

function tapKeyboard(scene: Scene, button: ScreenButton, place: Place | undefined): ActResult {
  if (button.kind === "location") {
    if (place) return shareLocation(scene, place, false);
    return conflict(
      `"${button.label}" asks where the person is: act "share_location", or tap with "latitude" and "longitude".`,
    );
  }
  return post({ ...scene, person: hideKeyboard(scene) }, textContent(button.label));
}

function tap(scene: Scene, act: Deed<"tap">): ActResult {
  const message = onScreen(scene, act.message);
  const { button, index } = find(scene.person, message, act.button) ?? {};
  if (!button || index === undefined) {
    const there = describe(scene.person, message);
    return conflict(`There is no button ${JSON.stringify(act.button)} to tap. There is: ${there}.`);
  }
  if (button.kind === "url") return { messages: [], opened: button.url };
  const inline = inlineButtons(nativeMessage(message)).length;
  return index < inline ? tapInline(scene, message, index) : tapKeyboard(scene, button, act.place);
}

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

function vote(scene: Scene, act: Deed<"vote">): ActResult {
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

const kindOf: Record<FileGift["type"], MediaKind> = {
  image: "photo",
  video: "video",
  audio: "audio",
  voice: "voice",
  document: "document",
  sticker: "sticker",
};

function send(scene: Scene, gift: FileGift): ActResult {
  const kept = fileOfPerson(scene.world, scene.bot.id, kindOf[gift.type], gift);
  const caption: JsonObject = gift.caption === undefined ? {} : { caption: gift.caption };
  return post(scene, { ...mediaField(scene.world, kept), ...caption });
}

function sendContact(scene: Scene, act: Deed<"send_contact">): ActResult {
  const [first = act.name, ...rest] = act.name.split(" ");
  const last: JsonObject = rest.length > 0 ? { last_name: rest.join(" ") } : {};
  return post(scene, { contact: { phone_number: act.phone, first_name: first, ...last } });
}

function edit(scene: Scene, act: Deed<"edit">): ActResult {
  const { world, bot, person } = scene;
  const message = onScreen(scene, act.message);
  const native = nativeMessage(message);
  if (message.from === "business")
    conflict(`"${act.message}" is the bot's: a person can edit only what they wrote.`);
  if (native.text === undefined) conflict(`"${act.message}" is no text: only texts can be edited here.`);
  const { entities: _before, ...kept } = native;
  const edited = { ...kept, ...textContent(act.text), edit_date: unixSeconds(world) };
  const changed = { ...message.native, message: edited };
  world.saveMessage({ ...message, native: changed, view: { ...message.view, ...draw(changed) } });
  emitUpdate(world, bot, { queue: `chat ${person.address}`, kind: "edited_message", content: edited });
  return { messages: [message.id] };
}

/** Telegram tells bots nothing of this; in a private chat a person may delete the bot's messages too. */
function remove(scene: Scene, act: Deed<"delete">): ActResult {
  scene.world.removeMessage(scene.person.id, onScreen(scene, act.message).id);
  return { messages: [] };
}

function react(scene: Scene, act: Deed<"react">): ActResult {
  const { world, bot, person } = scene;
  const message = onScreen(scene, act.message);
  if (act.emoji !== "" && !isReaction(act.emoji)) conflict(`Telegram has no reaction ${act.emoji}.`);
  const reactions = message.view.reactions ?? [];
  const asList = (emoji: string | undefined) => (emoji ? [{ type: "emoji", emoji }] : []);
  const old = reactions.find((known) => known.from === "person")?.emoji;
  const others = reactions.filter((known) => known.from !== "person");
  const own = act.emoji === "" ? [] : [{ from: "person" as const, emoji: act.emoji }];
  world.saveMessage({ ...message, view: { ...message.view, reactions: [...others, ...own] } });
  const content = {
    chat: chatOf(person),
    message_id: Number(message.id),
    user: userOf(person),
    date: unixSeconds(world),
    old_reaction: asList(old),
    new_reaction: asList(act.emoji),
  };
  emitUpdate(world, bot, { queue: `chat ${person.address}`, kind: "message_reaction", content });
  return { messages: [] };
}

function block(scene: Scene, blocked: boolean): ActResult {
  const { world, bot, person } = scene;
  if (person.blocked === blocked)
    conflict(`${person.name} has ${blocked ? "blocked the bot already" : "not blocked the bot"}.`);
  world.savePerson({ ...person, blocked });
  const member = (banned: boolean) => ({
    user: botUser(bot),
    ...(banned ? { status: "kicked", until_date: 0 } : { status: "member" }),
  });
  const content = {
    chat: chatOf(person),
    from: userOf(person),
    date: unixSeconds(world),
    old_chat_member: member(!blocked),
    new_chat_member: member(blocked),
  };
  emitUpdate(world, bot, { queue: `chat ${person.address}`, kind: "my_chat_member", content });
  return { messages: [] };
}

export function perform(scene: Scene, act: Act): ActResult {
  const { person } = scene;
  if (person.blocked && act.act !== "block" && act.act !== "unblock") {
    conflict(`${person.name} has blocked the bot: "unblock" first.`);
  }
  switch (act.act) {
    case "say":
      return say(scene, act);
    case "tap":
      return tap(scene, act);
    case "choose":
      return conflict(`Telegram has no lists. There is: ${describe(person, onScreen(scene, act.message))}.`);
    case "vote":
      return vote(scene, act);
    case "share_location":
      return shareLocation(scene, act.place, act.plain);
    case "submit":
      return conflict(`Telegram has no forms. There is: ${describe(person, onScreen(scene, act.message))}.`);
    case "send":
      return send(scene, act.gift);
    case "send_contact":
      return sendContact(scene, act);
    case "edit":
      return edit(scene, act);
    case "delete":
      return remove(scene, act);
    case "read":
      // Telegram tells bots nothing of reading.
      return { messages: [] };
    case "react":
      return react(scene, act);
    default:
      return block(scene, act.act === "block");
  }
}
