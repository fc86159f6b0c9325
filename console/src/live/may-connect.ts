import { askMe } from "../api/me.ts";

/** Whether somebody is signed in, or the gateway does not answer. */
export function mayConnect(): Promise<"yes" | "no" | "away"> {
  return askMe().then(
    (me) => (me ? "yes" : "no"),
    () => "away" as const,
  );
}
