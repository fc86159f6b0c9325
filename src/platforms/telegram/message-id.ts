/** A message's platform id: Telegram counts messages per chat, so its number alone names none. */
export function platformIdOf(chatId: number, messageId: number): string {
  return `${chatId}:${messageId}`;
}

const shape = /^(?<chat>-?\d+):(?<message>\d+)$/;

export function readPlatformId(id: string): { chatId: number; messageId: number } | undefined {
  const groups = shape.exec(id)?.groups;
  return groups ? { chatId: Number(groups.chat), messageId: Number(groups.message) } : undefined;
}
