import type { JsonObject } from "../../../../core/json.ts";
import { GatewayError } from "../../../../core/problem.ts";
import type { Act, ActResult, FileGift, ScreenView, SimulatedMessage } from "../../../../core/simulation.ts";
import { emit, fromPerson, openWindow, type Scene } from "./emit.ts";
import { storeGift } from "./files.ts";
import { limits } from "./limits.ts";
import { reactionName } from "./reactions.ts";
import { shownView } from "./screen.ts";

type Deed<Name extends Act["act"]> = Extract<Act, { act: Name }>;

/** What cannot be done on this screen. */
export function conflict(detail: string): never {
  throw new GatewayError("conflict", detail);
}

/** One message in words, for a person who looked for something else. */
export function describe(message: SimulatedMessage, view: ScreenView = message.view): string {
  const labels = (buttons: { label: string }[]) => buttons.map(({ label }) => `"${label}"`).join(", ");
  const { text, buttons, cards, media } = view;
  const parts = [`message "${message.id}" of the ${message.from}`];
  if (text !== undefined) parts.push(`text "${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`);
  if (media) parts.push(`a ${media.type}`);
  if (buttons) parts.push(`buttons ${labels(buttons)}`);
  for (const [index, card] of (cards ?? []).entries()) {
    parts.push(`card ${index} with ${labels(card.buttons) || "no buttons"}`);
  }
  return parts.join(", ");
}

/** The message with this screen id, and how it looks now; or a sentence with what there is. */
export function onScreen(scene: Scene, id: string): { message: SimulatedMessage; view: ScreenView } {
  const messages = scene.world.messages(scene.person.id);
  const message = messages.find((known) => known.id === id);
  if (message) return { message, view: shownView(message, message.id === messages.at(-1)?.id) };
  const known = messages.map((one) => describe(one));
  const there = known.length > 0 ? `There is: ${known.join("; ")}.` : "It is empty.";
  conflict(`There is no message "${id}" on the screen. ${there}`);
}

/** A bubble of the person's: on the screen, and the window open again. */
export function bubble(scene: Scene, view: ScreenView, native: JsonObject = {}): string {
  const { rules, world, person } = scene;
  const id = rules.mintId(world);
  world.saveMessage({ id, person: person.id, from: "person", at: world.now(), view, native });
  openWindow(scene);
  return id;
}

/** Puts a message of the person's on the screen and tells the business. */
export function say(scene: Scene, content: JsonObject, view: ScreenView): ActResult {
  const mid = bubble(scene, view, content);
  emit(scene, "messages", fromPerson(scene, { message: { mid, ...content } }));
  return { messages: [mid] };
}

function writeText(scene: Scene, act: Deed<"say">): ActResult {
  if (act.quotes === undefined) return say(scene, { text: act.text }, { text: act.text });
  const { message } = onScreen(scene, act.quotes);
  const reply: JsonObject = { mid: message.id };
  if (scene.rules.platform === "messenger") reply.is_self_reply = message.from === "person";
  return say(scene, { text: act.text, reply_to: reply }, { text: act.text, quotes: message.id });
}

/** A caption is a message of its own: neither platform has any. */
function sendFile(scene: Scene, gift: FileGift): ActResult {
  const { rules, world, account } = scene;
  const type = rules.typeOf(gift.type);
  const file = storeGift(world, account, gift);
  const payload: JsonObject = { url: rules.fileUrl(world, file) };
  if (type === "sticker") payload.sticker_id = Number(file.id);
  const shown = gift.type === "voice" ? "audio" : gift.type;
  const media = { type: shown, id: file.id, filename: file.name };
  const sent = say(scene, { attachments: [{ type, payload }] }, { media });
  if (gift.caption === undefined) return sent;
  const caption = say(scene, { text: gift.caption }, { text: gift.caption });
  return { messages: [...sent.messages, ...caption.messages] };
}

function ownMessage(scene: Scene, id: string, what: string): SimulatedMessage {
  const { message } = onScreen(scene, id);
  if (message.from === "business")
    conflict(`"${id}" is the business's: a person can ${what} only what they wrote.`);
  return message;
}

function edit(scene: Scene, act: Deed<"edit">): ActResult {
  const message = ownMessage(scene, act.message, "edit");
  if (typeof message.native.text !== "string" || message.native.quick_reply !== undefined) {
    conflict(`"${act.message}" is no text that was written: only those can be edited.`);
  }
  const edits = Number(message.native.edits ?? 0) + 1;
  if (edits > limits.edits) conflict(`"${act.message}" has been edited ${limits.edits} times: that is all.`);
  const native = { ...message.native, text: act.text, edits };
  scene.world.saveMessage({ ...message, native, view: { ...message.view, text: act.text, edited: true } });
  const change = { mid: message.id, text: act.text, num_edit: edits };
  emit(scene, scene.rules.fields.edits, fromPerson(scene, { message_edit: change }));
  return { messages: [message.id] };
}

function takeBack(scene: Scene, act: Deed<"delete">): ActResult {
  const message = ownMessage(scene, act.message, "take back");
  if (!scene.rules.unsends) {
    conflict("Messenger tells a business nothing of a message that a person takes back.");
  }
  scene.world.removeMessage(scene.person.id, message.id);
  emit(scene, "messages", fromPerson(scene, { message: { mid: message.id, is_deleted: true } }));
  return { messages: [] };
}

function read(scene: Scene): ActResult {
  const { rules, world, person } = scene;
  const unseen = world
    .messages(person.id)
    .filter(({ from, native }) => from === "business" && native.seen !== true);
  for (const message of unseen) {
    world.saveMessage({ ...message, native: { ...message.native, seen: true } });
    if (rules.watermarks) continue;
    emit(scene, rules.fields.reads, fromPerson(scene, { read: { mid: message.id } }));
  }
  if (rules.watermarks && unseen.length > 0) {
    emit(scene, rules.fields.reads, fromPerson(scene, { read: { watermark: world.now() } }));
  }
  return { messages: [] };
}

function react(scene: Scene, act: Deed<"react">): ActResult {
  const { message } = onScreen(scene, act.message);
  const isTaken = act.emoji === "";
  const others = (message.view.reactions ?? []).filter(({ from }) => from !== "person");
  const own = isTaken ? [] : [{ from: "person" as const, emoji: act.emoji }];
  scene.world.saveMessage({ ...message, view: { ...message.view, reactions: [...others, ...own] } });
  openWindow(scene);
  const reaction: JsonObject = isTaken
    ? { mid: message.id, action: "unreact" }
    : { mid: message.id, action: "react", reaction: reactionName(act.emoji), emoji: act.emoji };
  emit(scene, "message_reactions", fromPerson(scene, { reaction }));
  return { messages: [] };
}

/** No webhook tells of it: the next send fails. */
function block({ world, person }: Scene, blocked: boolean): ActResult {
  if (person.blocked === blocked) {
    conflict(`${person.name} has ${blocked ? "blocked the business already" : "not blocked the business"}.`);
  }
  world.savePerson({ ...person, blocked });
  return { messages: [] };
}

export const acts = { writeText, sendFile, edit, takeBack, read, react, block };
