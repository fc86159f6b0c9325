import { join } from "node:path";
import { fill } from "../../../bench/load/filling.ts";
import { content } from "../../../bench/message.ts";
import { eventually } from "../../support/eventually.ts";
import type { Arena } from "../arena.ts";

const messagesOfPerson = 40;

/**
 * Fills the arena's file with what so many messages of Telegram's leave that were sent long ago, and starts the gateway on
 * it again. They are copies of one that the gateway has sent itself, without checksums.
 */
export async function addHistory(arena: Arena, messages: number): Promise<void> {
  const gateway = await arena.gateway();
  const person = arena.people.find(({ platform }) => platform === "telegram")!;
  const body = { from: person.channel, to: person.address, content: content(0) };
  const { json } = await gateway.call("POST", "/v1/messages", body);
  const message = await eventually("message that has left", async () => {
    const { json: found } = await gateway.call("GET", `/v1/messages/${json.id}`);
    return found.status === "sent" ? found : undefined;
  });
  await arena.change("SIGTERM", async () => {
    fill({
      file: join(arena.dataDir, "antiphon.db"),
      messageId: message.id,
      channelIds: [message.channel],
      people: Math.ceil(messages / messagesOfPerson),
      wanted: { messages },
    });
    return {};
  });
}
