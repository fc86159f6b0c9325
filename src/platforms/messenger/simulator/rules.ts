import type { SimulatedRequest, World } from "../../../core/simulation.ts";
import { appOf } from "../../meta/simulator/apps.ts";
import { atMost, codePoints } from "../../meta/simulator/messaging/fields.ts";
import type { MessagingRules } from "../../meta/simulator/messaging/rules.ts";
import { subscribedFields } from "../../meta/simulator/subscribed-apps.ts";

/** send-messages (2026-05-05): "2000 character limit". */
const maxText = 2000;

const policy = "https://developers.facebook.com/docs/messenger-platform/policy-overview";

const fileName = (name: string) => name.replace(/[^\w.-]/g, "_");
const hashOf = (world: World, id: string) => world.digest(`messenger file ${id}`).slice(0, 32);

function fileAt(world: World, { path, query }: SimulatedRequest): string | undefined {
  const [, id] = /^\/v\/t1\.15752-9\/(\d+)_/.exec(path) ?? [];
  if (id === undefined) return undefined;
  return query.oh === hashOf(world, id) ? id : "unsigned";
}

/** Messenger Platform of Facebook Pages, pages read 2026-11-21. */
export const rules: MessagingRules = {
  platform: "messenger",
  title: "Messenger",
  object: "page",
  checkText: (text, where) => atMost(codePoints(text), where, maxText),
  // "less than 1000 characters".
  metadata: { max: 999, echoed: true },
  attachments: { image: {}, audio: {}, video: {}, file: {} },
  templates: ["button", "generic", "media"],
  buttons: ["web_url", "postback", "phone_number", "account_link", "account_unlink"],
  quickReplies: { onAttachments: true, icons: true },
  // Since 2025-03-19; the maximum is on no page that could be read.
  maxImages: 30,
  closed: { subcode: 2018278, status: 400, learn: ` Learn more about the new policy here: ${policy}` },
  stranger: { subcode: 2018001 },
  // "Required": https://developers.facebook.com/docs/messenger-platform/reference/send-api, read 2026-11-21.
  needsMessagingType: true,
  permission: () => "pages_messaging",
  holder: (_world, page) => page,
  hears: (_world, page, field) => subscribedFields(page)?.includes(field) ?? false,
  fields: { echoes: "message_echoes", edits: "message_edits", reads: "message_reads" },
  watermarks: true,
  unsends: false,
  mintId(world) {
    const bytes = btoa(`${world.next("messenger mid")}:${world.random(60)}`);
    return `m_${bytes.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  },
  typeOf: (gift) => ({ voice: "audio", document: "file" })[gift as string] ?? gift,
  fileUrl: (world, { id, name }) =>
    `${world.baseUrl()}/v/t1.15752-9/${id}_${fileName(name)}?oh=${hashOf(world, id)}`,
  fileAt,
  echo: (world, page) => ({ app_id: Number(appOf(world, page).app_id) }),
  profile({ name }) {
    const [first = name, ...rest] = name.split(" ");
    return { first_name: first, last_name: rest.join(" "), name, profile_pic: "" };
  },
};
