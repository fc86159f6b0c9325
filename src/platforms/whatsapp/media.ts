import type { Call, Credentials, HttpResponse, Platform } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { appProof } from "../meta/app-proof.ts";
import { unreadable } from "../meta/graph.ts";
import { downloadCall } from "../meta/graph-access.ts";
import { readAnswer } from "../meta/graph-outcome.ts";
import { textOf } from "../meta/read.ts";
import { tokenLife } from "../meta/token-life.ts";
import { tokenPermissions } from "../meta/token-permissions.ts";
import { problemOf } from "./interpret.ts";

/** Asks for a file's address, which is good for five minutes. */
export function locate(reference: string): Call {
  // Meta's ids are plain; anything else must not lead to another path.
  return { method: "GET", path: `/${reference.replace(/[^\w-]/g, "")}`, part: "media" };
}

export function download(response: HttpResponse): { call: Call } | { problem: PlatformProblem } {
  const answer = readAnswer(response, problemOf);
  if ("problem" in answer) return answer;
  const url = textOf(answer.body, "url");
  return url ? { call: downloadCall(url) } : { problem: unreadable(response.status) };
}

export const identify = {
  call({ phone_number_id }: Credentials): Call {
    const path = `/${phone_number_id}?fields=verified_name,display_phone_number`;
    return { method: "GET", path, part: "identity" };
  },
  /** The number's name in WhatsApp, and the number. */
  read(response: HttpResponse) {
    const answer = readAnswer(response, problemOf);
    if ("problem" in answer) return answer;
    const handle = textOf(answer.body, "display_phone_number");
    const name = textOf(answer.body, "verified_name") ?? handle;
    return { ...(name && { name }), ...(handle && { handle }) };
  },
} satisfies Platform["identify"];

/** Source: developers.facebook.com/documentation/business-messaging/whatsapp/permissions, read 2026-11-21. */
export const permissions = tokenPermissions(
  () => ["whatsapp_business_messaging", "whatsapp_business_management"],
  problemOf,
);

export const app = appProof(problemOf);

export const token = tokenLife(problemOf);
