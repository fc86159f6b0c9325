import type { IncomingMessage, ServerResponse } from "node:http";
import type { Journal } from "./journal.ts";

const batchSize = 100;
const heartbeatMs = 15_000;

/**
 * Tells a reader what happens, as server-sent events: on from `Last-Event-ID`, else from so many before now
 * (`?recent=`, 0). It is read at the reader's speed, so that a slow one holds nothing.
 */
export function streamJournal(journal: Journal, request: IncomingMessage, response: ServerResponse): void {
  const lastId = request.headers["last-event-id"];
  const recent = Number(new URL(request.url ?? "/", "http://localhost").searchParams.get("recent") ?? 0);
  let number =
    typeof lastId === "string" && lastId !== ""
      ? journal.numberOf(lastId)
      : journal.before(Number.isInteger(recent) && recent > 0 ? recent : 0);
  let isFull = false;
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
  });
  response.write(": what happens in this simulator\n\n");

  const write = () => {
    while (!isFull && !response.destroyed) {
      const batch = journal.after(number, batchSize);
      for (const { id, shown } of batch) {
        isFull = !response.write(`id: ${id}\nevent: ${shown.kind}\ndata: ${JSON.stringify(shown)}\n\n`);
      }
      number = batch.at(-1)?.number ?? number;
      if (batch.length < batchSize) return;
    }
  };
  const heartbeat = setInterval(() => response.write(": still here\n\n"), heartbeatMs);
  const stop = journal.listen(write);
  response.on("drain", () => {
    isFull = false;
    write();
  });
  response.once("close", () => {
    clearInterval(heartbeat);
    stop();
  });
  write();
}
