import { createParser, type EventSourceMessage } from "eventsource-parser";
import { request } from "undici";

/** Reads a stream of events until what has come is enough; looks again at each. */
export async function readStream(
  url: string,
  headers: Record<string, string>,
  isEnough: (events: EventSourceMessage[]) => boolean,
): Promise<EventSourceMessage[]> {
  const { statusCode, body } = await request(url, { headers });
  if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${await body.text()}`);
  const events: EventSourceMessage[] = [];
  let done = false;
  const parser = createParser({
    onEvent: (event) => {
      if (done) return;
      events.push(event);
      done = isEnough(events);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (done) break;
  }
  body.destroy();
  return events;
}
