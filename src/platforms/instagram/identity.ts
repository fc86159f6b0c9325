import type { Credentials, Platform } from "../../core/platform.ts";
import { appProof } from "../meta/app-proof.ts";
import { readAnswer } from "../meta/graph-outcome.ts";
import { problemOf } from "../meta/messaging/interpret.ts";
import { idOf, objectOf, textOf } from "../meta/read.ts";
import { tokenLife } from "../meta/token-life.ts";
import { tokenPermissions } from "../meta/token-permissions.ts";
import { isPageLinked } from "./access.ts";

export const identify: Platform["identify"] = {
  call: (credentials) => ({
    method: "GET",
    path: isPageLinked(credentials)
      ? `/${credentials.page_id}?fields=instagram_business_account{id,username,name}`
      : "/me?fields=user_id,username,name",
    part: "identity",
  }),
  read(response, credentials) {
    const answer = readAnswer(response, problemOf);
    if ("problem" in answer) return answer;
    const linked = objectOf(answer.body, "instagram_business_account");
    if (isPageLinked(credentials)) {
      const id = idOf(linked, "id");
      if (id !== credentials.instagram_id) return { problem: notLinked(credentials, id) };
    }
    // Of an account's two ids this one names it in webhooks: with the other none would ever arrive.
    const own = isPageLinked(credentials) ? undefined : idOf(answer.body, "user_id");
    if (own && own !== credentials.instagram_id) return { problem: ofAnother(own) };
    const account = linked ?? answer.body;
    const username = textOf(account, "username");
    const handle = username && `@${username}`;
    const name = textOf(account, "name") ?? handle;
    return { ...(name && { name }), ...(handle && { handle }) };
  },
};

/**
 * What happens to a linked account is told only through its own Page.
 * Source: developers.facebook.com/docs/graph-api/reference/page, `instagram_business_account`, read 2026-11-22.
 */
function notLinked({ page_id, instagram_id }: Credentials, linked: string | undefined) {
  const code = "not_linked";
  if (linked) {
    const message = `The Page ${page_id} is linked to the Instagram account ${linked}, not to ${instagram_id}.`;
    return { code, message, hint: `Give ${linked} as instagram_id, or the Page of ${instagram_id}.` };
  }
  const message = `The Page ${page_id} shows no linked Instagram account to this token.`;
  return { code, message, hint: "Link the account to the Page, or make a token with instagram_basic." };
}

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

/** Only Facebook Login's tokens are told about. */
export const app = appProof(problemOf, isPageLinked);

export const token = tokenLife(problemOf, (credentials) => !isPageLinked(credentials));
