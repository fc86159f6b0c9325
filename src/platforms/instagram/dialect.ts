import { type Dialect, templateLimits } from "../meta/messaging/dialect.ts";

/** UTF-8 bytes. https://developers.facebook.com/documentation/business-messaging/instagram-messaging/features/send-message, read 2026-11-21. */
const maxText = { max: 1000, unit: "bytes" } as const;

/** Formats: https://developers.facebook.com/documentation/business-messaging/instagram-messaging/features/attachment-upload, read 2026-11-21. */
export const dialect: Dialect = {
  title: "Instagram",
  maxText,
  // The page of the template names no unit and no bytes; the limit of texts is kept as well, to be safe.
  maxTemplateText: [{ max: templateLimits.buttonText, unit: "code_points" }, maxText],
  replyButtons: ({ instagram }) => instagram?.button ?? "quick_replies",
  quickReplies: "they go away when one is tapped, and are not shown on the web",
  echoesMetadata: false,
  formats: {
    image: ["png", "jpeg", "jpg", "gif"],
    audio: ["aac", "m4a", "wav", "mp4"],
    video: ["mp4", "ogg", "avi", "mov", "webm"],
    file: ["pdf"],
  },
};
