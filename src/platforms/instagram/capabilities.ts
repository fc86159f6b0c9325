import { capabilitiesOf } from "../meta/messaging/capabilities.ts";
import { dialect } from "./dialect.ts";

const pages = "https://developers.facebook.com/documentation/business-messaging/instagram-messaging";

/** What Instagram draws and how fast it takes messages. */
export const capabilities = capabilitiesOf(dialect, {
  pages: {
    text: `${pages}/features/send-message`,
    buttonTemplate: `${pages}/button-template`,
    genericTemplate: `${pages}/generic-template`,
    quickReplies:
      "https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/messaging-api/quick-replies",
    postback:
      "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/buttons/postback",
  },
  button:
    "Quick replies under the text, or a template's buttons by `options.instagram.button`; Instagram on the web shows neither.",
  audio:
    "An audio file, also for a voice note; OGG and MP3, which Instagram does not take, as a link in a text.",
  document: "A PDF, another file as a link in a text; a caption follows as a text.",
  sticker: "A picture; a WebP one, which Instagram does not take, as a link in a text.",
});
