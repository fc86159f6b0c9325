const naming = /(^|_)(id|mid)$/;
/** Names of people and accounts: they stand in everything. */
const who = new Set(["from", "chat", "sender", "recipient", "user", "contacts", "metadata", "to", "bot"]);

/** The ids of messages, taps and the like in a platform's JSON. Short numbers are left out: they name nothing alone. */
export function idsIn(value: unknown): string[] {
  const found: string[] = [];
  collect(value, found);
  return found;
}

function collect(value: unknown, found: string[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (who.has(key)) continue;
      const isId = typeof item === "string" || typeof item === "number";
      if (isId && naming.test(key) && String(item).length >= 8) found.push(String(item));
      else collect(item, found);
    }
  }
}
