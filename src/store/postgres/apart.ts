import type { Db } from "../sql/db.ts";
import { drive } from "./driving.ts";
import { explain, isLost, isStale } from "./failure.ts";
import type { Sessions } from "./session.ts";

/** Statement by statement, on a connection that nothing else is asked on. One that was lost is replaced by another. */
export function apart(sessions: Sessions): Db["apart"] {
  return async (work) => {
    const once = async () => {
      const { session, release } = await sessions.take();
      try {
        const result = await drive(work(), session.ask);
        release();
        return result;
      } catch (error) {
        release(error);
        throw error;
      }
    };
    try {
      return await once().catch((error) => {
        if (!isStale(error) && !isLost(error)) throw error;
        return once();
      });
    } catch (error) {
      throw explain(error);
    }
  };
}
