import type { Platform } from "../../../core/platform.ts";
import type { FieldProblem } from "../../../core/problem.ts";

/** Page-scoped and Instagram-scoped ids are digits; Meta names no length, and those seen have 15 to 17. */
const scopedId = /^\d{1,32}$/;

/** Reads `to`: the id under which the account knows the contact, which only a message of theirs tells. */
export function scopedAddress(kind: "page" | "Instagram"): Platform["address"] {
  return (to) => {
    const given = to.trim();
    if (scopedId.test(given)) return { address: given, aliases: [given], chat: "private" };
    const problem: FieldProblem = {
      pointer: "/to",
      rule: "address",
      message: `\`to\` is no ${kind}-scoped id, which is digits.`,
      hint: "Use `message.from` of an event: nobody can be written to who has not written first.",
    };
    return { problem };
  };
}
