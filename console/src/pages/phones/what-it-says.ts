type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** What Messenger and Instagram may tell in one part of a webhook, by the key that names it. */
const messaging = ["postback", "delivery", "read", "reaction", "message_edit", "referral"];

/** What a platform's webhook tells, in the platform's own words, parted by commas. */
export function whatItSays(body: Fields): string {
  const told = [
    ...list(body.entry).flatMap((entry) => [
      ...list(entry.changes).flatMap((change) => inChange(change)),
      ...list(entry.messaging).map(inMessaging),
    ]),
    ...Object.keys(body).filter((key) => key !== "update_id" && key !== "object" && key !== "entry"),
  ];
  return [...new Set(told)].join(", ");
}

function inChange({ field, value }: Fields): string[] {
  if (!isObject(value)) return [String(field)];
  const statuses = list(value.statuses).map(({ status }) => `status ${status}`);
  const messages = list(value.messages).map(({ type }) => `message ${type}`);
  return statuses.length + messages.length > 0 ? [...statuses, ...messages] : [String(field)];
}

function inMessaging(part: Fields): string {
  if (isObject(part.message)) return part.message.is_echo === true ? "echo" : "message";
  return messaging.find((key) => key in part) ?? "update";
}
