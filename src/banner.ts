import { type Config, loopbackUrl } from "./config.ts";

export interface BannerChannel {
  title: string;
  naturalId: string;
  people: { id: string; name: string; address: string }[];
}

/**
 * What a newcomer reads: where things are, three commands that work as they stand, and last, so that no small window
 * has lost it, a link that signs in to the console. The link's secret is in its fragment, which no browser sends to anybody.
 */
export function banner(
  config: Config,
  { key, signIn }: { key: string; signIn: string },
  channels: BannerChannel[],
): string {
  const gateway = loopbackUrl(config.host, config.port);
  const simulator = `http://127.0.0.1:${config.simulatorPort}`;
  const rows = channels.map(channelRow);
  const first = channels[0]!;
  const person = first.people[0]!;
  return `
Antiphon is ready.

  Gateway     ${gateway}   (API reference: ${gateway}/docs)
  Simulator   ${simulator}
  API key     ${key}
  Data        ${config.dataDir}

  Channels, each with two simulated people who have just written:
${rows.join("\n")}

1. Send three reply buttons to ${person.name} on ${first.title}:

${sendPaste(gateway, key, first.naturalId, person.address)}

2. Tap "Support" as ${person.name}:

${tapPaste(simulator, person.id)}

3. Watch the events, the last ones first and then each as it happens (Ctrl-C ends it):

curl -N -H ${quoted(`Authorization: Bearer ${key}`)} '${gateway}/v1/events/stream?recent=20'

Ctrl-C stops the gateway and the simulator. Everything stays in the data folder.

Or begin in the console, signed in by this link:

  ${gateway}/signin#${signIn}
`;
}

function channelRow({ title, naturalId, people }: BannerChannel): string {
  const addresses = people.map(({ name, address }) => `${address} (${name})`);
  return `    ${title.padEnd(10)} from ${naturalId.padEnd(17)} to ${addresses.join(", ")}`;
}

function sendPaste(gateway: string, key: string, from: string, to: string): string {
  return `curl -X POST ${gateway}/v1/messages \\
  -H ${quoted(`Authorization: Bearer ${key}`)} \\
  -H 'Content-Type: application/json' \\
  -d '{
    "from": "${from}",
    "to": "${to}",
    "content": {
      "interactive": {
        "type": "button",
        "header": { "type": "text", "text": "Customer support" },
        "body": { "text": "How can I help you?" },
        "footer": { "text": "Reply with an option" },
        "action": {
          "buttons": [
            { "type": "reply", "reply": { "id": "SUPPORT", "title": "Support" } },
            { "type": "reply", "reply": { "id": "SALES", "title": "Sales" } },
            { "type": "reply", "reply": { "id": "OTHER", "title": "Other" } }
          ]
        }
      }
    }
  }'`;
}

/** Without a message id the act takes the newest message that has such a button. */
function tapPaste(simulator: string, personId: string): string {
  return `curl -X POST ${simulator}/simulator/people/${personId}/acts \\
  -H 'Content-Type: application/json' \\
  -d '{ "act": "tap", "button": "Support" }'`;
}

/** One word to a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
