/** Reads calls as they come: a half-written message may lack anything. */
export type Fields = Record<string, unknown>;

export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

/** A text that is there, else undefined. */
export function words(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function label(value: unknown): string {
  return words(value) ?? "";
}

export function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
