import type { JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { Act, ActResult, SimulatedPerson, SimulatedPlatform } from "../core/simulation.ts";
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
  const told = { ...withoutFiles(body), ...pointedAt(act, () => platform.screen(world, person)) };
  const { id, result } = storage.transaction(() => {
    const id: Cause = `act:${world.next("act")}`;
    return { id, result: mailbox.act(() => platform.act(world, person, act), id) };
  });
  const { messages } = result;
  const done = { kind: "act", id, person: person.id, act: told, messages, causes: [] } as const;
  journal.append({ ...done, at, platform: platform.name, channel: person.channel });
  return result;
}

type Screen = ReturnType<SimulatedPlatform["screen"]>;

/** What a tap or a choice that only counts means, in words: afterwards it may be gone from the screen. */
function pointedAt(act: Act, screen: () => Screen): { label?: string } {
  if (act.act === "choose" && typeof act.row === "number") {
    const list = screen().find(({ id }) => id === act.message)?.list;
    const row = list?.sections.flatMap(({ rows }) => rows)[act.row];
    return row ? { label: row.title } : {};
  }
  if (act.act !== "tap" || typeof act.button === "string") return {};
  const { card, button } = act.button;
  const message = screen().find(({ id }) => id === act.message);
  const at = card === undefined ? message : message?.cards?.[card];
  const label = at?.buttons?.[button]?.label;
  const title = card === undefined ? undefined : message?.cards?.[card]?.title;
  return label === undefined ? {} : { label: title === undefined ? label : `${title}: ${label}` };
}

/** A file that a person sends may be large, and nobody reads it in base64. */
function withoutFiles(body: JsonObject): JsonObject {
  const entries = Object.entries(body).map(([name, value]) => {
    if (!isObject(value) || typeof value.data !== "string") return [name, value];
    return [name, { ...value, data: `${value.data.length} characters of base64` }];
  });
  return Object.fromEntries(entries) as JsonObject;
}
