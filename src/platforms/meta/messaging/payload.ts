/**
 * What a postback and a quick reply carry: a token that names the message and the key of the choice. The person's
 * pick comes back as this text, whatever the title says; ids stay here, under the token.
 */
const shape = /^a1:(?<token>[A-Za-z0-9_-]{1,22}):(?<key>\d{1,4})$/;

export function writePayload(token: string, key: string): string {
  return `a1:${token}:${key}`;
}

/** The token and the key, or undefined for a payload that is none of ours. */
export function readPayload(text: string): { token: string; key: string } | undefined {
  const groups = shape.exec(text)?.groups;
  return groups ? { token: groups.token!, key: groups.key! } : undefined;
}
