import type { JsonObject } from "../../../core/json.ts";
import type { Handling, SimulatedAccount, SimulatedRequest, World } from "../../../core/simulation.ts";
import { appByToken, appOf } from "./apps.ts";
import { done, tokenOf } from "./graph-request.ts";
import { grantedTo } from "./permissions.ts";
import { badToken, noToken, refuse } from "./refusal.ts";
import { checkProof } from "./secret-proof.ts";

const metaPlatforms = ["whatsapp", "messenger", "instagram"] as const;

/** The account that a token was made for; a linked Page goes before the Instagram account that shares its token. */
export function accountByToken(world: World, token: string): SimulatedAccount | undefined {
  return metaPlatforms
    .flatMap((platform) => world.accounts(platform))
    .find((account) => account.token === token && !isExpired(world, account));
}

/** A token is good for ever, unless it was made to end. */
function isExpired(world: World, { state }: SimulatedAccount): boolean {
  return typeof state.token_expires_at === "number" && state.token_expires_at <= world.now();
}

const kinds: Record<string, string> = { whatsapp: "SYSTEM_USER", messenger: "PAGE", instagram: "USER" };

function described(world: World, account: SimulatedAccount): JsonObject {
  const app = appOf(world, account);
  return {
    app_id: app.app_id,
    type: kinds[account.platform] ?? "USER",
    application: app.name,
    data_access_expires_at: 0,
    expires_at: Math.floor(Number(account.state.token_expires_at ?? 0) / 1000),
    is_valid: true,
    ...(account.platform === "messenger" ? { profile_id: account.id } : {}),
    scopes: grantedTo(world, account),
    user_id: `1${account.id.slice(1)}`,
  };
}

const invalid: JsonObject = {
  error: { code: 190, message: "Invalid OAuth access token." },
  is_valid: false,
  scopes: [],
};

/**
 * `GET /debug_token?input_token=…`, with the app's own token or one of a person who is in charge of it (here:
 * WhatsApp's system user). Graph API, reference of debug_token, read 2026-11-21. A token of Instagram Login is none
 * that graph.facebook.com can read.
 */
export function debugToken(world: World, request: SimulatedRequest): Handling {
  const token = tokenOf(request);
  if (token === undefined) noToken();
  const asking = accountByToken(world, token);
  const app =
    appByToken(world, token) ?? (asking?.platform === "whatsapp" ? appOf(world, asking) : undefined);
  if (!app && !asking) badToken();
  if (!app) {
    refuse(
      100,
      "You must provide an app access token, or a user access token that is an owner or developer of the app",
    );
  }
  // messaging-api-messenger proves its Page's token here and asks with the app's: nothing says that this is refused.
  if (app.requires_proof) checkProof(request, token, app);
  const input = request.query.input_token;
  if (input === undefined) refuse(100, "The parameter input_token is required");
  const account = accountByToken(world, input);
  if (!account || account.platform === "instagram") return done({ data: invalid });
  if (appOf(world, account).app_id !== app.app_id) {
    refuse(100, "The App_id in the input_token did not match the Viewing App");
  }
  return done({ data: described(world, account) });
}
