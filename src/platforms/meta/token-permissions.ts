import type { Credentials, Platform } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { type GraphError, unreadable } from "./graph.ts";
import { tokenPath } from "./graph-access.ts";
import { readAnswer } from "./graph-outcome.ts";
import { objectOf, textOf } from "./read.ts";

/**
 * What a token may do, as Graph tells it of any token of Facebook Login. `needed` gives null where Graph cannot tell.
 * Source: developers.facebook.com/docs/graph-api/reference/debug_token, read 2026-11-21.
 */
export function tokenPermissions(
  needed: (credentials: Credentials) => readonly string[] | null,
  problemOf: (error: GraphError) => PlatformProblem,
): NonNullable<Platform["permissions"]> {
  return {
    call: (credentials) =>
      needed(credentials) && { method: "GET", path: tokenPath, part: "permissions of the token" },
    read(response, credentials) {
      const answer = readAnswer(response, problemOf);
      if ("problem" in answer) return answer;
      const data = objectOf(answer.body, "data");
      if (data?.is_valid === false) return { problem: invalid(data) };
      if (!data || !Array.isArray(data.scopes)) return { problem: unreadable(response.status) };
      const granted = data.scopes.filter((scope) => typeof scope === "string");
      return { granted, missing: (needed(credentials) ?? []).filter((one) => !granted.includes(one)) };
    },
  };
}

function invalid(data: Record<string, unknown>): PlatformProblem {
  const message = textOf(objectOf(data, "error"), "message") ?? "The access token is not valid any more.";
  return { code: "190", message, hint: "Give the channel a new access token." };
}
