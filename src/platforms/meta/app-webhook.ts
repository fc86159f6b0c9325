import { isObject } from "../../core/json.ts";
import type { Call } from "../../core/platform.ts";

/** The prefix of calls that go to the app's own node with the app's own token; `authorize` adds both. */
export const appPath = "/app";

/** The one callback URL that an app has for each kind of object. Graph API, app subscriptions, read 2026-11-21. */
export const appWebhook = {
  inspect: (): Call => ({ method: "GET", path: `${appPath}/subscriptions`, part: "webhook of the app" }),
  /** `data` of the answer; without `url` the app has none for that object. */
  read(data: unknown[], object: string): { url?: string } {
    const found = data.find((one) => isObject(one) && one.object === object);
    const url = isObject(found) ? found.callback_url : undefined;
    return typeof url === "string" && url !== "" ? { url } : {};
  },
  point(wish: { object: string; fields: readonly string[]; url: string; verifyToken: string }): Call {
    const body = {
      object: wish.object,
      callback_url: wish.url,
      fields: wish.fields.join(","),
      verify_token: wish.verifyToken,
      include_values: true,
    };
    return { method: "POST", path: `${appPath}/subscriptions`, body, part: "webhook of the app" };
  },
};
