import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { request } from "undici";

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
  const gateway = gatewayUrl();
  const body = JSON.stringify({
    platform,
    credentials: { bot_token: token },
    ...(simulated ? { simulated } : {}),
  });
  const { status, answer } = await post(`${gateway}/v1/channels`, apiKey(), body);
  if (status === 201) {
    return `Connected ${answer.name} (channel ${answer.id}). Write to the bot; send with "from": "${answer.natural_id}".`;
  }
  if (status === 401)
    throw new Error(`The gateway refused the API key. Set ANTIPHON_API_KEY to the key that it printed.`);
  const reasons = [answer.detail, ...(answer.errors ?? []).map((error) => error.message)];
  throw new Error(reasons.filter(Boolean).join(" "));
}

function gatewayUrl(): string {
  return `http://${process.env.HOST || "127.0.0.1"}:${process.env.PORT || 8080}`;
}

function apiKey(): string {
  const file = join(resolve(process.env.ANTIPHON_DATA || "data"), "api-key");
  const key =
    process.env.ANTIPHON_API_KEY ?? (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);
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
