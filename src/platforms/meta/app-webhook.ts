import { isObject } from "../../core/json.ts";
import type { Call, HttpResponse } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { unreadable } from "./graph.ts";
import { type GraphReading, readAnswer } from "./graph-outcome.ts";
import { textOf } from "./read.ts";

/** The prefix of calls that go to the app's own node with the app's own token; `authorize` adds both. */
export const appPath = "/app";

/** The one callback URL that an app has for each kind of object. Graph API, app subscriptions, read 2026-11-21. */
export const appWebhook = {
  inspect: (): Call => ({ method: "GET", path: `${appPath}/subscriptions`, part: "webhook of the app" }),
  /** Without `url` the app has none for that object. */
  read(
    response: HttpResponse | undefined,
    object: string,
    problemOf: GraphReading["problemOf"],
  ): { url?: string } | { problem: PlatformProblem } {
    const answer = response && readAnswer(response, problemOf);
    if (answer && "problem" in answer) return answer;
    const data = answer?.body.data;
    if (!Array.isArray(data)) return { problem: unreadable(response?.status ?? 0) };
    const url = textOf(
      data.find((one) => isObject(one) && one.object === object),
      "callback_url",
    );
    return url ? { url } : {};
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
