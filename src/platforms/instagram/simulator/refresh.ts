import type { Handling, SimulatedRequest, World } from "../../../core/simulation.ts";
import { accountByToken } from "../../meta/simulator/debug-token.ts";
import { done } from "../../meta/simulator/graph-request.ts";
import { badToken, MetaRefusal, noToken, refusalAnswer, refuse } from "../../meta/simulator/refusal.ts";

const daySeconds = 86_400;
const lastsSeconds = 60 * daySeconds;

/**
 * Renews the token of an Instagram Login that is a day old and has not ended; of the old one the page says nothing, so
 * the strictest: it is refused from then on. Source:
 * developers.facebook.com/documentation/instagram-platform/reference/refresh_access_token, read 2026-11-22.
 */
export function refreshToken(world: World, { query }: SimulatedRequest): Handling {
  try {
    return done(renewed(world, query));
  } catch (error) {
    if (!(error instanceof MetaRefusal)) throw error;
    return { kind: "answer", answer: refusalAnswer(error, world.random(22)) };
  }
}

function renewed(world: World, { access_token: token, grant_type }: SimulatedRequest["query"]) {
  if (token === undefined) noToken();
  const account = accountByToken(world, token);
  if (account?.platform !== "instagram" || account.state.page_id !== undefined) badToken();
  if (grant_type !== "ig_refresh_token") refuse(100, "The parameter grant_type must be ig_refresh_token");
  const issuedAt = Number(account.state.token_issued_at ?? 0);
  // The page gives no code for it.
  if (world.now() - issuedAt < daySeconds * 1000) refuse(100, "The token must be at least 24 hours old");
  const another = account.token.slice(0, -8) + world.random(8);
  const issued = { token_issued_at: world.now(), token_expires_at: world.now() + lastsSeconds * 1000 };
  world.saveAccount({ ...account, token: another, state: { ...account.state, ...issued } });
  return { access_token: another, token_type: "bearer", expires_in: lastsSeconds };
}
