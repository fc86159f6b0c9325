import type { FieldProblem } from "../../core/problem.ts";

/** A business-scoped user id, also of a parent portfolio. Source: WhatsApp's BSUID page, read 2026-11-21. */
const userId = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;
/** E.164: country code first, at most 15 digits. */
const phone = /^[1-9]\d{6,14}$/;

export function isUserId(text: string): boolean {
  return userId.test(text);
}

/** The one spelling of an alias: digits without `+`, or the user id as it is. */
export function aliasOf(text: string): string {
  return isUserId(text) ? text : text.replace(/^\+/, "");
}

/** The address to send to under an alias. */
export function addressOf(alias: string): string {
  return /^\d+$/.test(alias) ? `+${alias}` : alias;
}

type Address = { address: string; aliases: string[]; chat: "private" };

/** Reads `to`: a phone number with country code, `+`, spaces, `-`, `.` and brackets allowed, or a BSUID. */
export function address(to: string): Address | { problem: FieldProblem } {
  const given = to.trim();
  if (isUserId(given)) return { address: given, aliases: [given], chat: "private" };
  const digits = given.replace(/^\+/, "").replace(/[\s().-]/g, "");
  if (phone.test(digits)) return { address: `+${digits}`, aliases: [digits], chat: "private" };
  const problem: FieldProblem = {
    pointer: "/to",
    rule: "address",
    message: "`to` is neither a phone number with its country code nor a business-scoped user id.",
    hint: "Write it like +5511993986082, or like US.13491208655302741918.",
  };
  return { problem };
}
