import type { JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { ActResult, SimulatedPerson, SimulatedPlatform } from "../core/simulation.ts";
import { readAct } from "./act-request.ts";
import { aimed } from "./aim.ts";
import type { ControlParts } from "./control.ts";
import type { Cause } from "./journal.ts";

/** Has a person do what the body asks for, and notes it before anything that it causes. */
export function perform(
  parts: ControlParts,
  platform: SimulatedPlatform,
  person: SimulatedPerson,
  body: JsonObject,
): ActResult {
  const { world, mailbox, storage, journal } = parts;
  const act = readAct(aimed(body, () => platform.screen(world, person)));
  const at = world.now();
  const { id, result } = storage.transaction(() => {
    const id: Cause = `act:${world.next("act")}`;
    return { id, result: mailbox.act(() => platform.act(world, person, act), id) };
  });
  const { messages } = result;
  const done = { kind: "act", id, person: person.id, act: withoutFiles(body), messages, causes: [] } as const;
  journal.append({ ...done, at, platform: platform.name, channel: person.channel });
  return result;
}

/** A file that a person sends may be large, and nobody reads it in base64. */
function withoutFiles(body: JsonObject): JsonObject {
  const entries = Object.entries(body).map(([name, value]) => {
    if (!isObject(value) || typeof value.data !== "string") return [name, value];
    return [name, { ...value, data: `${value.data.length} characters of base64` }];
  });
  return Object.fromEntries(entries) as JsonObject;
}
