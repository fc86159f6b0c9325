/**
 * Structured logging, handed in. Fields hold ids, counts and codes: never a body, a token or an address. Each is listed
 * by its kind (`src/log-fields.ts`), what is not comes out as `[not listed]`; the message is a sentence without values.
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
