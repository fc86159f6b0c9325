import { instantOf } from "../../core/clock.ts";
import type { Call, Credentials } from "../../core/platform.ts";
import type { TokenLife } from "../../core/platform-upkeep.ts";
import { unreadable } from "./graph.ts";
import { refreshPath, tokenPath } from "./graph-access.ts";
import { type GraphReading, readAnswer } from "./graph-outcome.ts";
import { objectOf, textOf, wholeOf } from "./read.ts";

/**
 * When a token ends. Those of Facebook Login are told about by debug_token, where 0 is never, and what they may read
 * ends by itself too; those of Instagram Login only by their renewal, which they need every 60 days. `isRenewed` tells
 * these apart. Sources, read 2026-11-22: developers.facebook.com/docs/facebook-login/guides/access-tokens/debugging and
 * …/documentation/instagram-platform/reference/refresh_access_token (at least 24 hours old, not expired; 60 days more).
 */
export function tokenLife(
  problemOf: GraphReading["problemOf"],
  isRenewed: (credentials: Credentials) => boolean = () => false,
): TokenLife {
  const debug: Call = { method: "GET", path: tokenPath, part: "end of the token" };
  const refresh: Call = { method: "GET", path: refreshPath, part: "renewal of the token" };
  return {
    call: (credentials) => (isRenewed(credentials) ? null : debug),
    read(response) {
      const answer = readAnswer(response, problemOf);
      if ("problem" in answer) return answer;
      const data = objectOf(answer.body, "data");
      if (data?.is_valid !== true) return { problem: unreadable(response.status) };
      const ends = [data.expires_at, data.data_access_expires_at].map(instantOf);
      const told = ends.filter((at) => at !== undefined);
      return told.length > 0 ? { expiresAt: Math.min(...told) } : {};
    },
    refresh: (credentials) => (isRenewed(credentials) ? refresh : null),
    refreshed(response) {
      const answer = readAnswer(response, problemOf);
      if ("problem" in answer) return answer;
      const token = textOf(answer.body, "access_token");
      const lastsSeconds = wholeOf(answer.body, "expires_in");
      if (!token || lastsSeconds === undefined) return { problem: unreadable(response.status) };
      return { change: { access_token: token }, lastsSeconds };
    },
  };
}
