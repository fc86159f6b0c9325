import type { Platform } from "../../core/platform.ts";
import type { FieldProblem } from "../../core/problem.ts";

/** Ids have up to 52 bits: https://core.telegram.org/bots/api#chat, read 2026-11-21. */
const numeric = /^-?[1-9]\d{0,15}$/;
const username = /^@[A-Za-z]\w{3,31}$/;

/**
 * A chat id (negative for a group), or the @username of a channel. Code written for WhatsApp sets a `+` before
 * whatever it sends to, so one is allowed.
 */
export function address(to: string): ReturnType<Platform["address"]> {
  const trimmed = to.trim().replace(/^\+(?=\d)/, "");
  if (username.test(trimmed)) return { address: trimmed, aliases: [trimmed], chat: "channel" };
  if (!numeric.test(trimmed) || !Number.isSafeInteger(Number(trimmed))) return { problem: malformed() };
  const chat = trimmed.startsWith("-") ? "group" : "private";
  return { address: trimmed, aliases: [trimmed], chat };
}

function malformed(): FieldProblem {
  return {
    pointer: "/to",
    rule: "format",
    message: "`to` is neither a Telegram chat id nor the @username of a channel.",
    hint: "A person's chat id comes with their first message to the bot; Telegram takes no telephone number.",
  };
}
