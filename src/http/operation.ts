import type { z } from "zod";

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
  /** False: no API key. */
  key?: false;
}

/** The query of every paged list. */
export const page = { cursor: "next_cursor of the page before", limit: "1 to 200; 50 if absent" };
export const ok = (says: string, status = 200, schema?: z.ZodType) => ({
  status,
  says,
  ...(schema && { schema }),
});
