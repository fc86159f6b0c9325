import type { Call, HttpResponse, Platform } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { readEnvelope, refusalOf } from "./interpret.ts";
import { objectAt, textAt } from "./read.ts";

export const identify: Platform["identify"] = {
  call: () => ({ method: "POST", path: "/bot/getMe", body: {}, part: "getMe" }),
  read(response) {
    const bot = resultOf(response);
    if (!bot) return { problem: problemOf(response) };
    const username = textAt(bot, "username");
    const handle = username && `@${username}`;
    const name = textAt(bot, "first_name") ?? handle;
    return { ...(name && { name }), ...(handle && { handle }) };
  },
};

/** A file's bytes: its id gives a path that is good for at least an hour. */
export const media = {
  locate: (reference: string): Call => ({
    method: "POST",
    path: "/bot/getFile",
    body: { file_id: reference },
    part: "getFile",
  }),
  download(response: HttpResponse): { call: Call } | { problem: PlatformProblem } {
    const file = resultOf(response);
    if (!file) return { problem: problemOf(response) };
    const path = textAt(file, "file_path");
    // A server in local mode answers a path on its own disk; and nothing may climb out of the token's folder.
    if (path === undefined || path.startsWith("/") || path.split(/[\\/]/).includes("..")) {
      const problem = {
        code: "no_path",
        message: "Telegram gave no path that the file can be fetched from.",
      };
      return { problem };
    }
    // Half a surrogate pair cannot be escaped.
    const escaped = path.toWellFormed().split("/").map(encodeURIComponent).join("/");
    return { call: { method: "GET", path: `/file/bot/${escaped}`, part: "file" } };
  },
} satisfies Platform["media"];

export function resultOf(response: HttpResponse): Record<string, unknown> | undefined {
  const envelope = readEnvelope(response);
  return envelope?.ok === true ? objectAt(envelope, "result") : undefined;
}

export function problemOf(response: HttpResponse): PlatformProblem {
  const message = `The answer (HTTP ${response.status}) is not Telegram's.`;
  return refusalOf(response)?.problem ?? { code: String(response.status), message };
}
