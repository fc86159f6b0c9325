import { z } from "zod";
import { rule } from "./shape.ts";

const written = z.iso.datetime({ offset: true });

/** A time in a body, RFC 3339 with its offset, on a day that there is. */
export const timeSchema = z
  .string()
  .superRefine(
    rule("time", (text) =>
      written.safeParse(text).success ? undefined : "Write a time as 2027-01-31T12:00:00Z.",
    ),
  )
  .meta({ format: "date-time" });
