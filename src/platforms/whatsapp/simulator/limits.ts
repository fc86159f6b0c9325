/**
 * The limits that Meta's pages state, written for this side alone: the two sides must not share a mistake. Lengths
 * are code points. Pages under developers.facebook.com/documentation/business-messaging/whatsapp, read 2026-11-21.
 */
export const limits = {
  /** messages/interactive-reply-buttons-messages (mid-2026). */
  buttons: 3,
  buttonId: 256,
  buttonTitle: 20,
  body: 1024,
  footer: 60,
  headerText: 60,
  /** messages/interactive-list-messages (2026-06-28); its OpenAPI still says 1024 for the body. */
  listBody: 4096,
  listButton: 20,
  sections: 10,
  /** Over all sections. */
  rows: 10,
  sectionTitle: 24,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
  /** messages/interactive-cta-url-messages. */
  displayText: 20,
  /** messages/interactive-media-carousel-messages (mid-2026; the id was 20 in December 2025). */
  minCards: 2,
  cards: 10,
  cardBody: 160,
  cardLineBreaks: 2,
  quickReplies: 3,
  quickReplyId: 256,
  quickReplyTitle: 20,
  /** flows: advised 30 in the OpenAPI, 20 in every client. */
  flowCta: 20,
  /** messages/text-messages, image-messages, contacts-messages. */
  text: 4096,
  caption: 1024,
  contacts: 257,
  /** reference/messages: `biz_opaque_callback_data`. */
  callbackData: 512,
  /** messages/address-messages. */
  pinCode: 6,
  /** webhooks/override. */
  callbackUri: 200,
} as const;

/** overview#throughput (2025-11-21) and about-the-platform, pair rate (2025-12-05): a burst of 45 within 6 s, then 1 in 6 s. */
export const pairRate = { perSecond: 1 / 6, burst: 45 } as const;
export const throughput = { perSecond: 80, burst: 80 } as const;

/** messages/send-messages: the customer service window. */
export const windowMs = 24 * 60 * 60 * 1000;
