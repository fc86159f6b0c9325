import { isObject } from "../../core/json.ts";
import type { Call, HttpResponse, WebhookAddresses } from "../../core/platform.ts";
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
  ): { url?: string; fields?: string[] } | { problem: PlatformProblem } {
    const answer = response && readAnswer(response, problemOf);
    if (answer && "problem" in answer) return answer;
    const data = answer?.body.data;
    if (!Array.isArray(data)) return { problem: unreadable(response?.status ?? 0) };
    const found = data.find((one) => isObject(one) && one.object === object);
    const url = textOf(found, "callback_url");
    const listed = isObject(found) && Array.isArray(found.fields) ? found.fields : undefined;
    const fields = listed
      ?.map((field) => (typeof field === "string" ? field : textOf(field, "name")))
      .filter((name) => name !== undefined);
    return { ...(url && { url }), ...(fields && { fields }) };
  },
  /** What a channel's addresses say of the app's fields: `needed` are a gap where they are missing, `more` are not. */
  fieldsOf(
    { url, fields }: { url?: string; fields?: string[] },
    needed: readonly string[],
    more: readonly string[] = [],
  ): Pick<WebhookAddresses, "fields" | "lacks"> {
    if (url === undefined || !fields) return {};
    const isMissing = (name: string) => !fields.includes(name);
    const missing = [...needed, ...more].filter(isMissing);
    if (missing.length === 0) return { fields };
    return { fields, lacks: { fields: missing, isGap: needed.some(isMissing) } };
  },
  /** What is posted takes the place of what was there: the fields that others subscribed the app to are in `kept`. */
  point(wish: {
    object: string;
    fields: readonly string[];
    kept?: readonly string[];
    url: string;
    verifyToken: string;
  }): Call {
    const fields = new Set([...wish.fields, ...(wish.kept ?? [])]);
    const body = {
      object: wish.object,
      callback_url: wish.url,
      fields: [...fields].join(","),
      verify_token: wish.verifyToken,
      include_values: true,
    };
    return { method: "POST", path: `${appPath}/subscriptions`, body, part: "webhook of the app" };
  },
};
