import type { Call, PlatformName } from "../../../../src/core/platform.ts";
import { defaultGraphVersion } from "../../../../src/platforms/meta/graph-versions.ts";
import { compose } from "../../texts/compose.ts";
import type { Target } from "./targets.ts";

const words = compose.copy.calling;

/** The request that sends the message: what `POST /v1/messages` gets. */
export function requestBody(body: Record<string, unknown>, target?: Target): Record<string, unknown> {
  const { from = "YOUR_CHANNEL", to = "THE_RECIPIENT", ...rest } = body;
  return { from: target?.from ?? from, to: target?.to ?? to, ...rest };
}

/** For a shell: what is inside stays as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function asCurl(origin: string, body: Record<string, unknown>): string {
  return [
    `curl -X POST ${origin}/v1/messages \\`,
    `  -H "Authorization: Bearer $ANTIPHON_API_KEY" \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d ${quoted(JSON.stringify(body, null, 2))}`,
  ].join("\n");
}

export function asFetch(origin: string, body: Record<string, unknown>): string {
  return `const response = await fetch("${origin}/v1/messages", {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.ANTIPHON_API_KEY}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll("\n", "\n  ")}),
});
console.log(response.status, await response.json());`;
}

const graph = (node: string) => `https://graph.facebook.com/${defaultGraphVersion}/${node}`;

/** Where a platform takes its calls; what is secret or of an account stands as a variable. */
const bases: Record<PlatformName, string> = {
  whatsapp: graph("$PHONE_NUMBER_ID"),
  messenger: graph("$PAGE_ID"),
  instagram: `https://graph.instagram.com/${defaultGraphVersion}/$INSTAGRAM_ID`,
  telegram: "https://api.telegram.org",
};

/** Telegram's token stands in the address, behind the `bot` of the path. */
function urlOf(platform: PlatformName, path: string): string {
  return bases[platform] + (platform === "telegram" ? path.replace(/^\/bot\//, "/bot$BOT_TOKEN/") : path);
}

/** What an account has of its own, and where a call names its recipient. */
const own: Record<PlatformName, { variables: string[]; recipient: string }> = {
  whatsapp: { variables: ["$ACCESS_TOKEN", "$PHONE_NUMBER_ID"], recipient: "to" },
  messenger: { variables: ["$ACCESS_TOKEN", "$PAGE_ID"], recipient: "recipient.id" },
  instagram: { variables: ["$ACCESS_TOKEN", "$INSTAGRAM_ID"], recipient: "recipient.id" },
  telegram: { variables: ["$BOT_TOKEN"], recipient: "chat_id" },
};

/** The platform's own calls, in their order, for a shell, under a comment on what is to be changed in them. */
export function asCalls(platform: PlatformName, calls: readonly Call[]): string {
  const { variables, recipient } = own[platform];
  const asCommands = calls.map((call) => callAsCurl(platform, call)).join("\n\n");
  const notes = [words.set(variables.join(words.and), recipient)];
  // What the gateway puts in so that it knows a tap again; on its own it is only an id.
  if (asCommands.includes(":preview:")) notes.push(words.ids);
  return [...notes.map((note) => `# ${note}`), asCommands].join("\n");
}

function callAsCurl(platform: PlatformName, { method, path, body }: Call): string {
  const token = platform === "telegram" ? [] : ['  -H "Authorization: Bearer $ACCESS_TOKEN" \\'];
  return [
    `curl -X ${method} "${urlOf(platform, path)}" \\`,
    ...token,
    "  -H 'Content-Type: application/json' \\",
    `  -d ${quoted(JSON.stringify(body ?? {}, null, 2))}`,
  ].join("\n");
}
