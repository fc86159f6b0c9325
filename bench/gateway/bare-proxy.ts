import { Pool } from "undici";
import { account } from "../libraries/account.ts";
import { serveBare } from "../load/server.ts";
import { bareStore } from "./bare-store.ts";

/**
 * The bare limit of storing before answering: one table, one commit for all that came meanwhile, and a request to the
 * platform. No checks, no order, no rates, no retries, no statuses, no keys.
 */
const [platformUrl, place] = process.argv.slice(2) as [string, string];
const store = await bareStore(place);
const platform = new Pool(platformUrl, { connections: 64, pipelining: 1 });
const path = `/${account.version}/${account.phoneNumberId}/messages`;
const headers = { "content-type": "application/json", authorization: `Bearer ${account.accessToken}` };

async function forward(id: number, body: string): Promise<void> {
  const answer = await platform.request({ method: "POST", path, headers, body });
  const { messages } = (await answer.body.json()) as { messages: [{ id: string }] };
  await store.settle(id, messages[0].id);
}

serveBare(async (body) => {
  const { to, content } = JSON.parse(body.toString());
  const call = JSON.stringify({
    messaging_product: "whatsapp",
    to: `+${to}`,
    type: "interactive",
    ...content,
  });
  const id = await store.insert(call);
  void forward(id, call);
  return { status: 202, body: { id } };
});
