/** Letters and digits that no sentence has in one word, and a key or a token has: it may have come to a wrong place. */
const candidate = /[\w|:+=~-]{20,}/g;
/** What the gateway itself mints and tells. */
const own =
  /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]{2,6}_[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:]+Z?)$/;

/** A text with every word of a token's shape left out: what somebody put into a wrong field does not come back. */
export function withoutTokens(text: string): string {
  return text.replace(candidate, (word) => (isToken(word) ? "…" : word));
}

function isToken(word: string): boolean {
  return /[A-Za-z]/.test(word) && /\d/.test(word) && !own.test(word);
}

/** The same of every text in a value, the names of fields too. */
export function valueWithoutTokens<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_name, one: unknown) => {
    if (typeof one === "string") return withoutTokens(one);
    if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).map(([name, each]) => [withoutTokens(name), each]));
  }) as Value;
}
