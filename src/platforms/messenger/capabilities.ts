import { capabilitiesOf } from "../meta/messaging/capabilities.ts";
import { dialect } from "./dialect.ts";

const pages =
  "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages";

/** What Messenger draws and how fast it takes messages. */
export const capabilities = capabilitiesOf(dialect, {
  pages: {
    text: pages,
    buttonTemplate: `${pages}/template/button`,
    genericTemplate: `${pages}/template/generic`,
    quickReplies: `${pages}/quick-replies`,
    postback: `${pages}/buttons/postback`,
  },
  button: "Buttons under the text; under one that is too long for a template, quick replies.",
  audio: "An audio file, also for a voice note.",
  document: "A file of any kind; a caption follows as a text.",
  sticker: "A picture.",
});
