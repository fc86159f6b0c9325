import type { Store } from "../store.ts";
import { newMessage } from "./harness.ts";

// Accepts messages for ever, several at a time, and prints the id of each when it is durable, until it is killed.
const [module = "", argument = ""] = process.argv.slice(2);
const { openStore } = (await import(module)) as { openStore: (argument: string) => Promise<Store> };
const store = await openStore(argument);

async function write(to: string): Promise<never> {
  for (;;) {
    const message = await store.acceptMessage(newMessage({ to, calls: 2 }));
    process.stdout.write(`${message.id}\n`);
  }
}
await Promise.all(["+1", "+2", "+3"].map(write));
