import type { JsonObject } from "../core/json.ts";
import { GatewayError } from "../core/problem.ts";
import {
  type AccountStanding,
  type SimulatedAccount,
  type SimulatedPlatform,
  type SimulatedRequest,
  standings,
} from "../core/simulation.ts";
import type { Mailbox } from "./mailbox.ts";
import type { SimulatorStorage } from "./storage.ts";
import type { StoredWorld } from "./world.ts";

const newTokenDigits = 8;

interface Parts {
  platforms: readonly SimulatedPlatform[];
  world: StoredWorld;
  storage: SimulatorStorage;
  mailbox: Mailbox;
}

/** What is done to an account: `POST /simulator/accounts/{id}/token` and `…/standing`. Gives the account as it is then. */
export function actOnAccount(parts: Parts, request: SimulatedRequest, steps: string[]): SimulatedAccount {
  const all = parts.platforms.flatMap((platform) => parts.world.accounts(platform.name));
  const account = all.find(({ id }) => id === steps[1]);
  const what = account && steps.length === 3 ? steps[2] : "";
  if (account && what === "token") return replaceToken(parts, account, { all, body: request.body });
  if (account && what === "standing") return judge(parts, account, request.body);
  const known = all.map(({ id }) => id).join(", ");
  const detail = `There is no ${request.method} ${request.path}; an account (${known}) takes POST …/token and …/standing.`;
  throw new GatewayError("not_found", detail);
}

/** As when its owner revokes a token; whoever shares it, a linked account with its Page, goes on sharing. */
function replaceToken(
  { world, storage }: Parts,
  account: SimulatedAccount,
  { all, body }: { all: SimulatedAccount[]; body: JsonObject },
): SimulatedAccount {
  return storage.transaction(() => {
    const token = account.token.slice(0, -newTokenDigits) + world.random(newTokenDigits);
    const sharing = all.filter((one) => one.token === account.token);
    const life = lifeOf(world.now(), body);
    for (const one of sharing)
      world.saveAccount({ ...one, token, state: { ...withoutLife(one.state), ...life } });
    return { ...account, token };
  });
}

/** Of the new token, where it is to have another than an endless one that was made now. */
function lifeOf(now: number, { age_seconds = 0, expires_in_seconds }: JsonObject): JsonObject {
  if (!isCount(age_seconds) || (expires_in_seconds !== undefined && !isCount(expires_in_seconds)))
    throw new GatewayError("invalid_request", "age_seconds and expires_in_seconds must be numbers.");
  const ends = expires_in_seconds !== undefined && {
    token_expires_at: now + Number(expires_in_seconds) * 1000,
  };
  return { token_issued_at: now - Number(age_seconds) * 1000, ...ends };
}

function withoutLife({ token_expires_at: _, ...state }: JsonObject): JsonObject {
  return state;
}

/** As when its platform restricts an account, or takes that back; told by a webhook unless `told` is false. */
function judge(
  { platforms, world, storage, mailbox }: Parts,
  account: SimulatedAccount,
  { standing, expires_in_seconds, told = true }: JsonObject,
): SimulatedAccount {
  const platform = platforms.find(({ name }) => name === account.platform);
  if (!platform?.tellStanding)
    throw new GatewayError("conflict", `${account.platform} says nothing of how an account stands.`);
  const wish = standings.find((known) => known === standing);
  const isFine =
    expires_in_seconds === undefined || (isCount(expires_in_seconds) && typeof told === "boolean");
  if (!wish || !isFine) {
    const detail = `"standing" must be one of ${standings.join(", ")}, "expires_in_seconds" a number, "told" true or false.`;
    throw new GatewayError("invalid_request", detail);
  }
  const ends = expires_in_seconds !== undefined && {
    until: world.now() + Number(expires_in_seconds) * 1000,
  };
  const now: AccountStanding = { standing: wish, ...ends };
  const judged = { ...account, state: { ...account.state, standing: { ...now } } };
  mailbox.act(() =>
    storage.transaction(() => {
      world.saveAccount(judged);
      if (told) platform.tellStanding?.(world, judged, now);
      return { messages: [] };
    }),
  );
  return judged;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}
