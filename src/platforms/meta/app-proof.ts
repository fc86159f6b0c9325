import type { Credentials, Platform } from "../../core/platform.ts";
import { appPath, appWebhook } from "./app-webhook.ts";
import { unreadable } from "./graph.ts";
import { type GraphReading, readAnswer } from "./graph-outcome.ts";
import { idOf, textOf } from "./read.ts";

/**
 * Which app a token was made for, and whether a secret is that app's. `GET /app` with a token gives the token's app; it
 * is on no reference page of Meta's, so an answer that names none proves nothing (stackoverflow.com/questions/8141037,
 * read 2026-11-22). An app's subscriptions are shown to its own token only, which is made of its secret (Graph API,
 * app subscriptions, read 2026-11-21).
 */
export function appProof(
  problemOf: GraphReading["problemOf"],
  isTold: (credentials: Credentials) => boolean = () => true,
): NonNullable<Platform["app"]> {
  return {
    ofToken: {
      call: (credentials) =>
        isTold(credentials) ? { method: "GET", path: appPath, part: "app of the token" } : null,
      read(response) {
        const answer = readAnswer(response, problemOf);
        if ("problem" in answer) return answer;
        const id = idOf(answer.body, "id");
        const name = textOf(answer.body, "name");
        return id ? { id, ...(name && { name }) } : { problem: unreadable(response.status) };
      },
    },
    secret: {
      call: () => ({ ...appWebhook.inspect(), part: "app secret" }),
      read(response) {
        const answer = readAnswer(response, problemOf);
        return "problem" in answer ? answer : {};
      },
    },
  };
}
