/**
 * The limits that Meta's pages state, written for this side alone: the two sides must not share a mistake. Lengths
 * are code points unless a name says otherwise. Pages under developers.facebook.com/documentation/business-messaging
 * /messenger-platform and /instagram-messaging, read 2026-11-21.
 */
export const limits = {
  /** quick-replies (2026-04-22). A longer title is cut by Meta, not refused. */
  quickReplies: 13,
  quickReplyTitle: 20,
  payload: 1000,
  /** template/button. */
  buttonText: 640,
  buttons: 3,
  /** buttons/postback (2026-06-17), buttons/url. */
  buttonTitle: 20,
  /** template/generic. */
  elements: 10,
  elementTitle: 80,
  elementSubtitle: 80,
  /** webhook-events/message-edits. */
  edits: 5,
} as const;

const day = 24 * 60 * 60 * 1000;
/** send-messages (2026-05-05): the standard window, and that of the tag HUMAN_AGENT. */
export const windowMs = { standard: day, humanAgent: 7 * day } as const;

/**
 * overview/rate-limiting (2026-03-23), of one Page or professional account; the bursts are ours, as Meta names none.
 * Images, files and templates have no class of their own there: they are counted with the texts. Reactions are named
 * there; typing and seen are not, and count for nothing.
 */
export const rates = {
  message: { perSecond: 300, burst: 300 },
  audioOrVideo: { perSecond: 10, burst: 10 },
} as const;
