import type { PlatformProblem } from "../../core/problem.ts";
import type { Store } from "../store.ts";
import { toJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { refresh } from "./progress.ts";

const restored: PlatformProblem = {
  code: "restored",
  message: "It waited when the backup was made that was gone back to: it may have left since.",
  hint: "Find out whether it arrived, then resolve it as sent or failed, or send it again.",
};

export function openCallsPart(db: Db): Pick<Store, "setOpenAside"> {
  return { setOpenAside: (at, limit) => db.write(() => setOpenAside(db, at, limit)) };
}

function* setOpenAside(db: Db, at: number, limit: number): Work<number> {
  const open = yield* db.all<{ id: string; message_id: string }>(
    `SELECT id, message_id FROM calls WHERE state IN ('queued', 'sending', 'held') ORDER BY seq LIMIT ?`,
    limit,
  );
  for (const { id } of open) yield* db.update("calls", id, { state: "unknown", problem: toJson(restored) });
  for (const id of new Set(open.map((call) => call.message_id)))
    yield* refresh(db, id, { at, source: "gateway" });
  return open.length;
}
