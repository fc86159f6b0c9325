import { nesting } from "../../core/json.ts";

/** Platforms nest their payloads less than 20 deep. */
const maxDepth = 64;

/** A stored payload as JSON, or why it is none that can be read. */
export function readPayload(body: string): { payload: unknown } | { reason: string } {
  const depth = nesting(body);
  if (depth > maxDepth) return { reason: `nested ${depth} levels deep` };
  try {
    return { payload: JSON.parse(body) };
  } catch {
    return { reason: "not JSON" };
  }
}
