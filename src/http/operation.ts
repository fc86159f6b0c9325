import type { z } from "zod";
import type { Scope } from "../core/scope.ts";

/** A route as the documents tell it. */
export interface Operation {
  method: "get" | "post" | "patch" | "delete";
  path: string;
  tag: string;
  summary: string;
  body?: z.ZodType;
  /** The body may be left out. */
  isBodyOptional?: true;
  query?: Record<string, string>;
  answer: { status: number; says: string; schema?: z.ZodType };
  /** What a key needs for it; `open`: no key; `any`: a valid one. The check, the documents and the table of docs/security.md take it from here. */
  scope: Scope | "open" | "any";
  /**
   * What becomes of a key that is limited to some channels. `named`: what the request names must belong to them, else
   * it is not there; `listed`: only what belongs to them is shown. Absent: it is about all together, and refused.
   */
  reach?: "named" | "listed";
  /** No key is needed from a connection of this machine that no proxy has passed on. */
  isOpenHere?: true;
}

/** The query of every paged list. */
export const page = { cursor: "next_cursor of the page before", limit: "1 to 200; 50 if absent" };
export const ok = (says: string, status = 200, schema?: z.ZodType) => ({
  status,
  says,
  ...(schema && { schema }),
});
