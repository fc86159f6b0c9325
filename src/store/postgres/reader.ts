import type { Db, Work } from "../sql/db.ts";
import { drive } from "./driving.ts";
import { explain, isLost, isStale } from "./failure.ts";
import type { Session, Sessions } from "./session.ts";
import type { Turns } from "./turns.ts";

const snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** What it reads is of one moment. With `turns`, nothing is told as stored between that moment and its answer. */
export function reader(sessions: Sessions, turns?: Turns): Db["read"] {
  return async (work) => {
    try {
      return await readOnce(sessions, turns, work).catch((error) => {
        // A connection that was lost while it rested, or tables that were changed meanwhile: another one answers.
        if (!isStale(error) && !isLost(error)) throw error;
        return readOnce(sessions, turns, work);
      });
    } catch (error) {
      throw explain(error);
    }
  };
}

async function readOnce<Result>(
  sessions: Sessions,
  turns: Turns | undefined,
  work: () => Work<Result>,
): Promise<Result> {
  const { session, release } = await sessions.take();
  // Who waits for a connection keeps nobody else waiting.
  const endTurn = await turns?.read();
  try {
    // It goes out with the first statement, which fails if this one does.
    session.exec(snapshot).catch(() => {});
    const result = await drive(work(), session.ask);
    rollback(session, release);
    return result;
  } catch (error) {
    if (isLost(error)) release(error);
    else rollback(session, release);
    throw error;
  } finally {
    // What is decided by the answer at once is decided before anything more is told.
    if (endTurn) setImmediate(endTurn);
  }
}

/** The answer does not wait for it. */
function rollback(session: Session, release: (error?: unknown) => void): void {
  session.exec("ROLLBACK").then(() => release(), release);
}
