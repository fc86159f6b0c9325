import type { Stack } from "../support/stack.ts";

const atOnce = 8;
const people = 20;

/** Messages to a few people on every channel; gives the ids of those that were answered 202. Ends early with the gateway. */
export async function load(gateway: Stack, messages: number): Promise<Set<string>> {
  const { data } = (await gateway.call("GET", "/v1/channels")).json;
  const channels: string[] = data.map(({ id }: { id: string }) => id);
  const told = new Set<string>();
  let next = 0;
  const sender = async () => {
    while (next < messages) {
      const index = next++;
      const to = String(5_511_900_000_000 + (index % people));
      const content = { text: { body: `message ${index}` } };
      const body = { from: channels[index % channels.length], to, content };
      const answer = await gateway.call("POST", "/v1/messages", body).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status === 202) told.add(answer.json.id);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return told;
}
