import type { Platform } from "../../core/platform.ts";
import { appProof } from "../meta/app-proof.ts";
import { readAnswer } from "../meta/graph-outcome.ts";
import { problemOf } from "../meta/messaging/interpret.ts";
import { textOf } from "../meta/read.ts";
import { tokenLife } from "../meta/token-life.ts";
import { tokenPermissions } from "../meta/token-permissions.ts";

export const identify: Platform["identify"] = {
  call: ({ page_id }) => ({ method: "GET", path: `/${page_id}?fields=name,username`, part: "identity" }),
  /** The Page's name, and its m.me address where it has a username. */
  read(response) {
    const answer = readAnswer(response, problemOf);
    if ("problem" in answer) return answer;
    const name = textOf(answer.body, "name");
    const username = textOf(answer.body, "username");
    return { ...(name && { name }), ...(username && { handle: `m.me/${username}` }) };
  },
};

/** To send, and to subscribe the Page. Source: …/messenger-platform/webhooks#subscribe-your-page, read 2026-11-21. */
export const permissions = tokenPermissions(() => ["pages_messaging", "pages_manage_metadata"], problemOf);

export const app = appProof(problemOf);

export const token = tokenLife(problemOf);
