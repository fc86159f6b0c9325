import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import { type Config, loopbackUrl, readConfig } from "../config.ts";

const usage = `Type: npm run connect -- telegram <token>   (the token is what @BotFather gave you)
With --simulated behind the token, the bot is one of the simulator's (GET /simulator/accounts lists their tokens).`;

interface Answer {
  id?: string;
  name?: string;
  natural_id?: string;
  detail?: string;
  errors?: { message: string }[];
}

/** `connect telegram <token>`: adds a bot to the gateway that runs on this machine. Gives what to tell. */
export async function connect(args: string[]): Promise<string> {
  const simulated = args.includes("--simulated");
  const [platform, token, ...rest] = args.filter((arg) => arg !== "--simulated");
  if (platform !== "telegram" || !token || rest.length > 0) throw new Error(usage);
  const config = settings();
  const body = JSON.stringify({
    platform,
    credentials: { bot_token: token },
    ...(simulated ? { simulated } : {}),
  });
  const { status, answer } = await post(
    `${loopbackUrl(config.host, config.port)}/v1/channels`,
    apiKey(config),
    body,
  );
  if (status === 201) {
    return `Connected ${answer.name} (channel ${answer.id}). Write to the bot; send with "from": "${answer.natural_id}".`;
  }
  if (status === 401)
    throw new Error(`The gateway refused the API key. Set ANTIPHON_API_KEY to the key that it printed.`);
  const reasons = [answer.detail, ...(answer.errors ?? []).map((error) => error.message)];
  throw new Error(reasons.filter(Boolean).join(" "));
}

/** The gateway's own settings: what made it listen there finds it there. */
function settings(): Config {
  const read = readConfig(process.env);
  if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
  return read.config;
}

function apiKey({ apiKey: given, dataDir }: Config): string {
  const file = join(dataDir, "api-key");
  const key = given ?? (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);
  if (key) return key;
  throw new Error("There is no API key. Start the gateway first (npm start), or set ANTIPHON_API_KEY.");
}

async function post(url: string, key: string, body: string): Promise<{ status: number; answer: Answer }> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const sent = await request(url, { method: "POST", headers, body }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `The gateway does not answer at ${new URL(url).origin} (${error.code}). Start it with npm start, then try again.`,
    );
  });
  return { status: sent.statusCode, answer: (await sent.body.json()) as Answer };
}
