import type { Platform } from "../../core/platform.ts";
import { readAnswer } from "../meta/graph-outcome.ts";
import { problemOf } from "../meta/messaging/interpret.ts";
import { idOf, textOf } from "../meta/read.ts";
import { tokenPermissions } from "../meta/token-permissions.ts";
import { isPageLinked } from "./access.ts";

export const identify: Platform["identify"] = {
  call: (credentials) => ({
    method: "GET",
    path: isPageLinked(credentials)
      ? `/${credentials.instagram_id}?fields=username,name`
      : "/me?fields=user_id,username,name",
    part: "identity",
  }),
  read(response, credentials) {
    const answer = readAnswer(response, problemOf);
    if ("problem" in answer) return answer;
    // Of an account's two ids this one names it in webhooks: with the other none would ever arrive.
    const own = isPageLinked(credentials) ? undefined : idOf(answer.body, "user_id");
    if (own && own !== credentials.instagram_id) return { problem: ofAnother(own) };
    const username = textOf(answer.body, "username");
    const handle = username && `@${username}`;
    const name = textOf(answer.body, "name") ?? handle;
    return { ...(name && { name }), ...(handle && { handle }) };
  },
};

function ofAnother(id: string) {
  const message = `The token belongs to the account ${id}, which is not the instagram_id that was given.`;
  return {
    code: "another_account",
    message,
    hint: `Give ${id} as instagram_id, or another account's token.`,
  };
}

/**
 * Instagram's own tokens are not told about; those of Facebook Login are. `pages_messaging` is on no list of Meta's for
 * Instagram, but without it a Page cannot be subscribed to messages (#200), and nothing of its account arrives.
 * Source: developers.facebook.com/documentation/business-messaging/instagram-messaging/webhooks, read 2026-11-21.
 */
export const permissions = tokenPermissions(
  (credentials) =>
    isPageLinked(credentials)
      ? ["instagram_basic", "instagram_manage_messages", "pages_manage_metadata", "pages_messaging"]
      : null,
  problemOf,
);
