/**
 * What a button's `callback_data` holds: a token that names the message and the key of the choice. Telegram leaves
 * 64 bytes for it, and the ids of WhatsApp have up to 256 characters: those stay here, under the token.
 * Source: https://core.telegram.org/bots/api#inlinekeyboardbutton, read 2026-11-21.
 */
const shape = /^v1:(?<token>[A-Za-z0-9_-]{1,22}):(?<key>\d{1,4})$/;

export function callbackData(token: string, key: string): string {
  return `v1:${token}:${key}`;
}

/** The token and the key, or undefined for data that is none of ours. */
export function readCallbackData(data: string): { token: string; key: string } | undefined {
  const groups = shape.exec(data)?.groups;
  return groups ? { token: groups.token!, key: groups.key! } : undefined;
}
