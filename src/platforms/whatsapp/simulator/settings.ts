import type { JsonObject } from "../../../core/json.ts";
import { isObject } from "../../../core/json.ts";
import type { Handling, SimulatedAccount, World } from "../../../core/simulation.ts";
import { appOf } from "../../meta/simulator/apps.ts";
import { handshake, isCallbackUrl } from "../../meta/simulator/handshake.ts";
import { GraphRefusal, graphAnswer } from "./graph-error.ts";
import { limits } from "./limits.ts";
import { accountState, appCallback, type WhatsAppAccount } from "./webhook.ts";

export const done = (body: JsonObject = { success: true }): Handling => ({
  kind: "answer",
  answer: { status: 200, body },
});

function change(world: World, account: SimulatedAccount, state: Partial<WhatsAppAccount>): void {
  const current = world.accounts("whatsapp").find((known) => known.id === account.id) ?? account;
  world.saveAccount({ ...current, state: JSON.parse(JSON.stringify({ ...current.state, ...state })) });
}

type Scope = "number_override" | "waba_override";

function setOverride(world: World, account: SimulatedAccount, scope: Scope, wish: JsonObject): Handling {
  if (!accountState(account).subscribed) {
    throw new GraphRefusal(
      100,
      "Before override the current callback uri, your app must be subscribed to receive messages for WhatsApp Business Account",
    );
  }
  const url = wish.override_callback_uri;
  const token = wish.verify_token;
  if (!isCallbackUrl(url)) {
    throw new GraphRefusal(100, "Param override_callback_uri must be a valid URI.");
  }
  if (url.length > limits.callbackUri) {
    throw new GraphRefusal(
      100,
      `Param override_callback_uri must be at most ${limits.callbackUri} characters.`,
    );
  }
  if (typeof token !== "string" || token === "") {
    throw new GraphRefusal(100, "The parameter verify_token is required.");
  }
  return handshake(world, { url, verifyToken: token }, (passed) => {
    if (!passed) {
      const refusal = new GraphRefusal(2200, "The callback URL did not answer with 200 and the challenge.");
      return graphAnswer(refusal, world.random(22));
    }
    change(world, account, { [scope]: url });
    return { status: 200, body: { success: true } };
  });
}

/** `POST /{phone_number_id}` with `webhook_configuration`; an empty URI clears it. */
export function configureNumber(world: World, account: SimulatedAccount, body: JsonObject): Handling {
  const wish = body.webhook_configuration;
  if (!isObject(wish)) throw new GraphRefusal(100, "The parameter webhook_configuration is required.");
  if (wish.override_callback_uri !== "") {
    return setOverride(world, account, "number_override", wish as JsonObject);
  }
  change(world, account, { number_override: undefined });
  return done();
}

/** `POST /{waba_id}/subscribed_apps`: without a body it subscribes and clears the override. */
export function subscribe(world: World, account: SimulatedAccount, body: JsonObject): Handling {
  if (body.override_callback_uri !== undefined) return setOverride(world, account, "waba_override", body);
  change(world, account, { subscribed: true, waba_override: undefined });
  return done();
}

export function unsubscribe(world: World, account: SimulatedAccount): Handling {
  change(world, account, { subscribed: false });
  return done();
}

export function subscriptions(world: World, account: SimulatedAccount): Handling {
  const { subscribed, waba_override } = accountState(account);
  const { app_id, name } = appOf(world, account);
  const app = {
    whatsapp_business_api_data: { id: app_id, name, link: "" },
    ...(waba_override === undefined ? {} : { override_callback_uri: waba_override }),
  };
  return done({ data: subscribed ? [app] : [] });
}

/** `GET /{phone_number_id}?fields=…`; the id always comes along. */
export function describeNumber(
  world: World,
  account: SimulatedAccount,
  fields: string | undefined,
): Handling {
  const state = accountState(account);
  const application = appCallback(world, account);
  const known: JsonObject = {
    verified_name: state.verified_name,
    display_phone_number: state.display_phone_number,
    code_verification_status: "VERIFIED",
    quality_rating: "GREEN",
    platform_type: "CLOUD_API",
    throughput: { level: "STANDARD" },
    webhook_configuration: {
      ...(application === null ? {} : { application }),
      ...(state.number_override === undefined ? {} : { phone_number: state.number_override }),
      ...(state.waba_override === undefined ? {} : { whatsapp_business_account: state.waba_override }),
    },
  };
  const standard =
    "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput";
  const wanted = (fields || standard).split(",").map((field) => field.trim());
  const stray = wanted.find((field) => field !== "id" && !Object.hasOwn(known, field));
  if (stray !== undefined) {
    throw new GraphRefusal(
      100,
      `Tried accessing nonexisting field (${stray}) on node type (WhatsAppBusinessPhoneNumber)`,
    );
  }
  const shown = wanted.filter((field) => field !== "id").map((field) => [field, known[field] ?? null]);
  return done({ ...Object.fromEntries(shown), id: account.id });
}
