import type { Delivery } from "../../api/endpoints.ts";
import { ApiProblem, request } from "../../api/request.ts";

/** Hands the browser a file: each delivery with the event that it tells, a line of JSON each. Throws where the gateway does not answer. */
export async function exportDeliveries(endpoint: string, rows: readonly Delivery[]): Promise<void> {
  const lines: string[] = [];
  for (const row of rows) lines.push(JSON.stringify({ ...row, content: await contentOf(row) }));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "application/x-ndjson" }));
  link.download = `${endpoint}.jsonl`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** null: the event has grown old and is gone, or it is what a platform posted, which is told nowhere else. */
async function contentOf({ event }: Delivery): Promise<unknown> {
  if (event.startsWith("raw_")) return null;
  return request<unknown>(`/v1/events/${event}`).catch((error) => {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  });
}
