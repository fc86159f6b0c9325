import type { HttpResponse, Platform } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { readEnvelope, refusalOf } from "./interpret.ts";
import { objectAt, textAt } from "./read.ts";

export const identify: Platform["identify"] = {
  call: () => ({ method: "POST", path: "/bot/getMe", body: {}, part: "getMe" }),
  read(response) {
    const bot = resultOf(response);
    if (!bot) return { problem: problemOf(response) };
    const username = textAt(bot, "username");
    const name = textAt(bot, "first_name") ?? (username && `@${username}`);
    return name ? { name } : {};
  },
};

/** A file's bytes: its id gives a path that is good for at least an hour. */
export const media: Platform["media"] = {
  locate: (reference) => ({
    method: "POST",
    path: "/bot/getFile",
    body: { file_id: reference },
    part: "getFile",
  }),
  download(response) {
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
    const escaped = path.split("/").map(encodeURIComponent).join("/");
    return { call: { method: "GET", path: `/file/bot/${escaped}`, part: "file" } };
  },
};

function resultOf(response: HttpResponse): Record<string, unknown> | undefined {
  const envelope = readEnvelope(response);
  return envelope?.ok === true ? objectAt(envelope, "result") : undefined;
}

function problemOf(response: HttpResponse): PlatformProblem {
  const message = `The answer (HTTP ${response.status}) is not Telegram's.`;
  return refusalOf(response)?.problem ?? { code: String(response.status), message };
}
