import type { JsonObject } from "../../../../core/json.ts";
import type { SimulatedAccount, SimulatedPerson, World } from "../../../../core/simulation.ts";
import { appOf, callbackFor } from "../apps.ts";
import { keptMs } from "../webhook.ts";
import type { MessagingRules } from "./rules.ts";

/** Who does something, and where. */
export interface Scene {
  rules: MessagingRules;
  world: World;
  account: SimulatedAccount;
  person: SimulatedPerson;
}

/** Queues one event for the app; dropped, as by Meta, unless both the app and the account subscribe to `field`. */
export function emit(scene: Scene, field: string, event: JsonObject): void {
  const { rules, world, account, person } = scene;
  const callback = callbackFor(appOf(world, account), rules.object, field);
  if (callback === null || !rules.hears(world, account, field)) return;
  const entry = { id: account.id, time: world.now(), messaging: [event] };
  world.emit({
    platform: rules.platform,
    channel: account.id,
    queue: person.id,
    payload: { object: rules.object, entry: [entry] },
    expiresAt: world.now() + keptMs,
  });
}

const id = (value: string): JsonObject => ({ id: value });

/** An event from the person to the account. */
export function fromPerson(scene: Scene, content: JsonObject, timed = true): JsonObject {
  const { world, account, person } = scene;
  const timestamp: JsonObject = timed ? { timestamp: world.now() } : {};
  return { sender: id(person.address), recipient: id(account.id), ...timestamp, ...content };
}

/** An event from the account to the person: an echo. */
export function fromAccount({ world, account, person }: Scene, content: JsonObject): JsonObject {
  const timestamp = world.now();
  return { sender: id(account.id), recipient: id(person.address), timestamp, ...content };
}

/** What a person does opens the window anew: a message, a tap on a postback, a reaction (send-messages, 2026-05-05). */
export function openWindow({ world, person }: Scene): void {
  const now = world.people(person.platform, person.channel).find((known) => known.id === person.id) ?? person;
  world.savePerson({ ...now, state: { ...now.state, last_inbound_at: world.now() } });
}
