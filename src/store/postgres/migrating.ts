import type { Forward } from "../migrating.ts";
import { demandDurable } from "./demands.ts";
import { Dialect } from "./dialect.ts";
import { explainOpening } from "./failure.ts";
import { migrate, plan } from "./migrate.ts";
import { openSession, placeOf } from "./session.ts";

/** Brings a database forward without being a gateway on it, or tells what that would do. Rejects with a sentence. */
export async function migratePostgres(
  url: string,
  isDry: boolean,
): Promise<{ place: string; forward: Forward }> {
  const place = placeOf(url);
  try {
    const session = await openSession(url, new Dialect());
    try {
      await demandDurable(session, place);
      return { place, forward: await (isDry ? plan : migrate)(session, place) };
    } finally {
      await session.end();
    }
  } catch (error) {
    throw explainOpening(error, place);
  }
}
