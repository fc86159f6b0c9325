import { GatewayError } from "../../core/problem.ts";
import { channel, newMessage } from "./harness.ts";
import { openStore } from "./sqlite-place.ts";

// Run under a file size limit: writes until the store refuses, then says what it had acknowledged.
const store = await openStore(process.argv[2] ?? "");
await store.addChannel(channel());
const acknowledged: string[] = [];
let refusal = "";
const body = "x".repeat(4000);
while (refusal === "") {
  const messages = Array.from({ length: 20 }, () => newMessage({ content: { text: { body } } }));
  for (const result of await Promise.allSettled(messages.map((message) => store.acceptMessage(message)))) {
    if (result.status === "fulfilled") acknowledged.push(result.value.id);
    else refusal = result.reason instanceof GatewayError ? result.reason.code : String(result.reason);
  }
}
process.stdout.write(JSON.stringify({ acknowledged, refusal }));
process.exit(0);
