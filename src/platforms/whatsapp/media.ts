import type { Call, Credentials, HttpResponse, Identity } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { errorOf, readObject, unreadable } from "../meta/graph.ts";
import { downloadCall } from "./access.ts";
import { problemOf } from "./interpret.ts";
import { textOf } from "./person.ts";

/** Asks for a file's address, which is good for five minutes. */
export function locate(reference: string): Call {
  // Meta's ids are plain; anything else must not lead to another path.
  return { method: "GET", path: `/${reference.replace(/[^\w-]/g, "")}`, part: "media" };
}

export function download(response: HttpResponse): { call: Call } | { problem: PlatformProblem } {
  const body = readObject(response.body);
  const url = textOf(body, "url");
  return url ? { call: downloadCall(url) } : { problem: problemIn(response) };
}

export const identify = {
  call({ phone_number_id }: Credentials): Call {
    const path = `/${phone_number_id}?fields=verified_name,display_phone_number`;
    return { method: "GET", path, part: "identity" };
  },
  /** The number's name in WhatsApp, and the number. */
  read(response: HttpResponse): Identity | { problem: PlatformProblem } {
    const body = readObject(response.body);
    if (response.status !== 200 || !body || errorOf(body)) return { problem: problemIn(response) };
    const handle = textOf(body, "display_phone_number");
    const name = textOf(body, "verified_name") ?? handle;
    return { ...(name && { name }), ...(handle && { handle }) };
  },
};

export function problemIn(response: HttpResponse): PlatformProblem {
  const error = errorOf(readObject(response.body));
  return error ? problemOf(error) : unreadable(response.status);
}
