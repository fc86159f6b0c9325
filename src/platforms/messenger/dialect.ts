import { type Dialect, templateLimits } from "../meta/messaging/dialect.ts";

/** "Less than 2000 characters": https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages, read 2026-11-21. */
export const dialect: Dialect = {
  title: "Messenger",
  maxText: { max: 1999, unit: "code_points" },
  maxTemplateText: [{ max: templateLimits.buttonText, unit: "code_points" }],
  replyButtons: (_options, fits) => (fits ? "template" : "quick_replies"),
  quickReplies: "they go away when one is tapped",
  echoesMetadata: true,
  formats: {},
};
