/**
 * What a postback and a quick reply carry: a token that names the message and the key of the choice. The person's
 * pick comes back as this text, whatever the title says; ids stay here, under the token.
 */
const shape = /^a1:(?<token>[A-Za-z0-9_-]{1,22}):(?<key>\d{1,4})$/;

export function writePayload(token: string, key: string): string {
  return `a1:${token}:${key}`;
}

/** Meta bounds metadata to less than 1000 characters. */
const metadataShape = /^a1:(?<token>[A-Za-z0-9_-]{1,22})(?:\.(?<call>\d{1,4}))?$/;

/** What names a call of ours: its message's token and, where that has several, which of them it is, from 0. */
export interface Mark {
  token: string;
  call?: number;
}

/** What Messenger's echo brings back with a message of ours; other apps write their own metadata. */
export function writeMetadata({ token, call }: Mark): string {
  return call === undefined ? `a1:${token}` : `a1:${token}.${call}`;
}

/** Undefined for metadata that is none of ours. */
export function readMetadata(text: string): Mark | undefined {
  const groups = metadataShape.exec(text)?.groups;
  if (groups?.token === undefined) return undefined;
  return { token: groups.token, ...(groups.call !== undefined && { call: Number(groups.call) }) };
}

/** The token and the key, or undefined for a payload that is none of ours. */
export function readPayload(text: string): { token: string; key: string } | undefined {
  const groups = shape.exec(text)?.groups;
  return groups ? { token: groups.token!, key: groups.key! } : undefined;
}
