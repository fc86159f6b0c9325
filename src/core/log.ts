/** Structured logging, handed in. Fields hold ids, counts and codes: never a body, a token or an address. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
