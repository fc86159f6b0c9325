import type { Stack } from "../support/stack.ts";

const host = "https://media.example.com/";

/** The link of a video that stands for a text: what it is told by where it arrives. */
export function videoLink(text: string): string {
  return `${host}${encodeURIComponent(text)}.mp4`;
}

interface Body {
  text?: string | { body?: string };
  message?: { text?: string; attachment?: { payload?: { url?: string } } };
}

/** The text of a call to a platform, or the one that its video stands for. */
export function textTaken({ text, message }: Body): string | undefined {
  const url = message?.attachment?.payload?.url;
  if (url?.startsWith(host)) return decodeURIComponent(url.slice(host.length, -".mp4".length));
  const said = message?.text ?? text;
  return typeof said === "string" ? said : said?.body;
}

/** A call that holds a message, as it came to its platform. */
export interface TakenCall {
  text: string;
  /** When it came. */
  at: number;
  /** The account's own id. */
  channel: string;
  accepted: boolean;
}

/** Every message that came to the platforms, in its order, by the simulator's own log. */
export async function callsTaken(simulator: Stack): Promise<TakenCall[]> {
  const calls: TakenCall[] = [];
  for (let cursor: string | null = "0"; cursor !== null; ) {
    const { json } = await simulator.simulate("GET", `/calls?limit=1000&cursor=${cursor}`);
    for (const { accepted, at, body, channel } of json.data) {
      const text = textTaken(body ?? {});
      if (text !== undefined) calls.push({ text, at: Date.parse(at), channel, accepted });
    }
    cursor = json.next_cursor;
  }
  return calls;
}
