/**
 * The Bot API's limits, written for this side alone. core.telegram.org/bots/api at 10.3 (2026-08-24) and the server's
 * source (tdlib/telegram-bot-api 10.0, tdlib/td of 2026-07-17), read 2026-11-21. Lengths are code points.
 */
export const limits = {
  text: 4096,
  textBytes: 32768,
  caption: 1024,
  callbackDataBytes: 64,
  /** What the server shows and takes: tginfo/Telegram-Limits issues 187 and 228. */
  buttons: 100,
  markupBytes: 10_000,
  question: 300,
  options: 12,
  optionText: 100,
  pollDescription: 1024,
  explanation: 200,
  toast: 200,
  photoBytes: 10 * 1024 * 1024,
  fileBytes: 50 * 1024 * 1024,
  downloadBytes: 20 * 1024 * 1024,
  minAlbum: 2,
  album: 10,
  copyText: 256,
  placeholder: 64,
  secretToken: 256,
  pollSeconds: 50,
  pollUpdates: 100,
} as const;

/** core.telegram.org/bots/faq (2026-11-21): one a second in a chat, "short bursts" allowed; about 30 a second over all. */
export const chatRate = { perSecond: 1, burst: 20 } as const;
export const botRate = { perSecond: 30, burst: 30 } as const;
/** The server's own limit on setWebhook. */
export const webhookRate = { perSecond: 1, burst: 1 } as const;

const day = 24 * 60 * 60 * 1000;
/** How long an update waits to be fetched (server source). */
export const keptMs = { message: day, callback_query: 150_000 } as const;
/** After this a callback query cannot be answered: measured by others, undocumented. */
export const answerWithinMs = 15_000;
/** A message may be deleted for this long. */
export const deleteWithinMs = 2 * day;
