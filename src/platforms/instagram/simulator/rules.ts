import type { SimulatedRequest, World } from "../../../core/simulation.ts";
import { atMost } from "../../meta/simulator/messaging/fields.ts";
import type { MessagingRules } from "../../meta/simulator/messaging/rules.ts";
import { linkedPage } from "../../meta/simulator/pages.ts";
import { subscribedFields } from "../../meta/simulator/subscribed-apps.ts";

/** features/send-message (2026-06-24): at most 1000 bytes of UTF-8. */
const maxTextBytes = 1000;

const filePath = "/ig_messaging_cdn/";
const signatureOf = (world: World, id: string) => world.digest(`instagram file ${id}`).slice(0, 32);

function fileAt(world: World, { path, query }: SimulatedRequest): string | undefined {
  if (path !== filePath) return undefined;
  const id = query.asset_id ?? "";
  return query.signature === signatureOf(world, id) ? id : "unsigned";
}

/** Instagram Messaging by Instagram Login or through a Page, pages read 2026-11-21. */
export const rules: MessagingRules = {
  platform: "instagram",
  title: "Instagram",
  object: "instagram",
  checkText: (text, where) => atMost(new TextEncoder().encode(text).length, where, maxTextBytes),
  metadata: { max: 999, echoed: false },
  // GIF stands on the page of Instagram Login only.
  attachments: {
    image: { endings: ["png", "jpg", "jpeg", "gif"] },
    audio: { endings: ["aac", "m4a", "wav", "mp4"] },
    video: { endings: ["mp4", "ogg", "avi", "mov", "webm"] },
    file: { endings: ["pdf"] },
    like_heart: {},
  },
  templates: ["button", "generic"],
  buttons: ["web_url", "postback"],
  quickReplies: { onAttachments: false, icons: false },
  // Since 2025-11-03.
  maxImages: 10,
  closed: { subcode: 2534022, status: 403, learn: "" },
  stranger: { subcode: 2534014 },
  // Its samples have none: features/send-message.
  needsMessagingType: false,
  permission: ({ platform }) =>
    platform === "instagram" ? "instagram_business_manage_messages" : "instagram_manage_messages",
  holder: (world, account) => linkedPage(world, account) ?? account,
  hears(world, account, field) {
    const page = linkedPage(world, account);
    // A linked account tells the app everything once its Page is subscribed to anything.
    return page
      ? subscribedFields(page) !== undefined
      : (subscribedFields(account)?.includes(field) ?? false);
  },
  fields: { echoes: "messages", edits: "message_edit", reads: "messaging_seen" },
  watermarks: false,
  unsends: true,
  mintId: (world) => btoa(`ig_dm_item:1:IGMessageID:${world.next("instagram mid")}:${world.random(60)}`),
  // A sticker reaches a business as a picture.
  typeOf: (gift) => ({ voice: "audio", document: "file", sticker: "image" })[gift as string] ?? gift,
  fileUrl: (world, { id }) =>
    `${world.baseUrl()}${filePath}?asset_id=${id}&signature=${signatureOf(world, id)}`,
  fileAt,
  echo: () => ({}),
  profile: ({ name, username = "" }) => ({ name, username, profile_pic: "", follower_count: 0 }),
};
