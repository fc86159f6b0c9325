import { isObject, type JsonObject } from "../core/json.ts";
import { GatewayError } from "../core/problem.ts";
import type {
  SimulatedAccount,
  SimulatedPerson,
  SimulatedPlatform,
  SimulatedRequest,
} from "../core/simulation.ts";
import { actOnAccount } from "./account-acts.ts";
import type { CallLog } from "./call-log.ts";
import { type Faults, readFaultOrder } from "./faults.ts";
import type { Journal } from "./journal.ts";
import type { Mailbox } from "./mailbox.ts";
import { perform } from "./perform.ts";
import type { SimulatorStorage } from "./storage.ts";
import type { StoredWorld } from "./world.ts";

export interface ControlParts {
  platforms: readonly SimulatedPlatform[];
  world: StoredWorld;
  storage: SimulatorStorage;
  mailbox: Mailbox;
  faults: Faults;
  log: CallLog;
  journal: Journal;
}
export interface ControlAnswer {
  status: number;
  body: JsonObject;
}

const maxPage = 1000;

const shownAccount = (account: SimulatedAccount): JsonObject => ({
  platform: account.platform,
  id: account.id,
  token: account.token,
  ...account.shown,
});
const shownPerson = ({ id, platform, channel, name, address, blocked }: SimulatedPerson): JsonObject => ({
  id,
  platform,
  channel,
  name,
  address,
  ...(blocked && { blocked }),
});

/** Answers of `/simulator/…`. Throws `GatewayError` with a sentence for whatever cannot be done. */
export function control(parts: ControlParts, request: SimulatedRequest): ControlAnswer {
  if (request.malformed) throw new GatewayError("invalid_json", "The body must be one JSON object.");
  const steps = request.path.split("/").slice(2).map(decodeStep);
  const route = `${request.method} /${steps[0] ?? ""}${steps.length > 1 ? "/*" : ""}`;
  const body = request.body;
  switch (route) {
    case "GET /accounts":
      return { status: 200, body: { data: accounts(parts) } };
    case "POST /accounts":
      return { status: 201, body: addAccount(parts, body) };
    case "POST /accounts/*":
      return { status: 200, body: shownAccount(actOnAccount(parts, request, steps)) };
    case "GET /people":
      return { status: 200, body: { data: people(parts) } };
    case "POST /people":
      return { status: 201, body: addPerson(parts, body) };
    case "GET /people/*":
    case "POST /people/*":
      return aboutPerson(parts, request, steps);
    case "GET /calls":
      return { status: 200, body: calls(parts.log, request.query) };
    case "GET /limits":
      return { status: 200, body: limits(parts) };
    case "GET /faults":
      return { status: 200, body: { data: parts.faults.list().map((fault) => ({ ...fault })) } };
    case "POST /faults":
      return { status: 201, body: { ...parts.faults.add(readFaultOrder(body, names(parts))) } };
    case "DELETE /faults":
      parts.faults.clear();
      parts.mailbox.release();
      return { status: 200, body: { data: [] } };
    case "DELETE /faults/*":
      return { status: 200, body: liftFault(parts, steps[1] ?? "") };
    default:
      throw new GatewayError(
        "not_found",
        `There is no ${request.method} ${request.path}; see src/simulator/README.md.`,
      );
  }
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

const names = (parts: ControlParts) => parts.platforms.map((platform) => platform.name as string);

function platformOf(parts: ControlParts, name: unknown): SimulatedPlatform {
  const platform = parts.platforms.find((known) => known.name === name);
  if (platform) return platform;
  throw new GatewayError("invalid_request", `"platform" must be one of ${names(parts).join(", ")}.`);
}

function accounts(parts: ControlParts): JsonObject[] {
  return parts.platforms.flatMap((platform) => parts.world.accounts(platform.name)).map(shownAccount);
}

function people(parts: ControlParts): JsonObject[] {
  return parts.platforms.flatMap((platform) => parts.world.people(platform.name)).map(shownPerson);
}

function addAccount(parts: ControlParts, body: JsonObject): JsonObject {
  const { platform: name, ...wishes } = body;
  const platform = platformOf(parts, name);
  return parts.storage.transaction(() => {
    const account = platform.newAccount(parts.world, wishes);
    parts.world.saveAccount(account);
    return shownAccount(account);
  });
}

function addPerson(parts: ControlParts, body: JsonObject): JsonObject {
  const { platform: name, channel, ...wishes } = body;
  const platform = platformOf(parts, name);
  const accounts = parts.world.accounts(platform.name);
  const account = channel === undefined ? accounts[0] : accounts.find((known) => known.id === channel);
  if (!account) {
    const known = accounts.map((other) => other.id).join(", ");
    throw new GatewayError("invalid_request", `"channel" must be the id of an account: ${known}.`);
  }
  return parts.storage.transaction(() => {
    const person = platform.newPerson(parts.world, account, wishes);
    if (parts.world.person(person.id)) {
      throw new GatewayError("conflict", `${person.address} is somebody already: ${person.id}.`);
    }
    parts.world.savePerson(person);
    return shownPerson(person);
  });
}

function aboutPerson(parts: ControlParts, request: SimulatedRequest, steps: string[]): ControlAnswer {
  const person = parts.world.person(steps[1] ?? "");
  if (!person) {
    const known = people(parts).map((other) => other.id);
    throw new GatewayError("not_found", `There is no person "${steps[1]}"; there are ${known.join(", ")}.`);
  }
  const platform = platformOf(parts, person.platform);
  const what = steps.length > 3 ? "" : `${request.method} ${steps[2] ?? ""}`;
  if (what === "GET ") return { status: 200, body: shownPerson(person) };
  if (what === "GET screen") {
    const messages = platform.screen(parts.world, person).map((message) => ({
      ...message,
      at: timeOf(parts, person.id, message.id),
    }));
    return { status: 200, body: JSON.parse(JSON.stringify({ messages })) as JsonObject };
  }
  if (what === "POST acts") {
    const result = perform(parts, platform, person, request.body);
    return { status: 200, body: JSON.parse(JSON.stringify(result)) as JsonObject };
  }
  throw new GatewayError(
    "not_found",
    `There is no ${request.method} ${request.path}; a person has a screen (GET) and acts (POST).`,
  );
}

/** When a message came to be, as RFC 3339. */
function timeOf({ world }: ControlParts, person: string, id: string): string | undefined {
  const at = world.message(person, id)?.at;
  return at === undefined ? undefined : new Date(at).toISOString();
}

function liftFault({ faults, mailbox }: ControlParts, id: string): JsonObject {
  const lifted = faults.remove(Number(id));
  if (!lifted)
    throw new GatewayError("not_found", `There is no fault ${id} any more: GET /simulator/faults.`);
  mailbox.release(lifted.kind);
  return { ...lifted };
}

/** What a test of a client's pace asks for: nothing may have come too early. */
function limits({ world }: ControlParts): JsonObject {
  const uses = world.limitUses();
  const violations = uses.reduce((sum, use) => sum + use.violations, 0);
  return { violations, data: uses.map((use) => ({ ...use })) };
}

function calls(log: CallLog, query: Record<string, string>): JsonObject {
  const limit = Number(query.limit ?? 100);
  const cursor = Number(query.cursor ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) {
    throw new GatewayError("invalid_request", `"limit" must be a whole number from 1 to ${maxPage}.`);
  }
  if (!Number.isInteger(cursor) || cursor < 0) {
    throw new GatewayError("invalid_request", '"cursor" must be the next_cursor of an earlier page.');
  }
  return { ...log.page(cursor, limit) };
}

/** The error body of the control API. */
export function controlProblem(error: GatewayError, status: number): ControlAnswer {
  const errors = isObject(error.extra) ? error.extra : {};
  return { status, body: { code: error.code, detail: error.detail, ...errors } };
}
