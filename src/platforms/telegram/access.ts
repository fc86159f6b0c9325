import type { JsonObject } from "../../core/json.ts";
import type {
  Access,
  Call,
  CredentialField,
  Credentials,
  HttpRequest,
  InboundRequest,
  Upload,
  Verdict,
} from "../../core/platform.ts";
import type { FieldProblem } from "../../core/problem.ts";
import { isSameSecret } from "../access.ts";

export const credentialFields = [
  {
    name: "bot_token",
    label: "Bot token",
    help: "From @BotFather: /newbot, or /token for a bot that exists. It looks like 123456789:AAF…",
    secret: true,
    required: true,
  },
] as const satisfies readonly CredentialField[];

const tokenShape = /^(?<id>\d{1,20}):[A-Za-z0-9_-]+$/;

export function checkCredentials(credentials: Credentials): FieldProblem[] {
  const token = credentials.bot_token ?? "";
  if (tokenShape.test(token)) return [];
  const problem = { pointer: "/credentials/bot_token", hint: credentialFields[0].help };
  if (token === "")
    return [{ ...problem, rule: "required", message: "A Telegram channel needs a bot_token." }];
  const message = "The bot_token is not the bot's number, a colon and its key.";
  return [{ ...problem, rule: "format", message }];
}

/** The bot's own id: the digits before the colon of its token. */
export function naturalId(credentials: Credentials): string {
  return tokenShape.exec(credentials.bot_token ?? "")?.groups?.id ?? "";
}

/** Puts the token into the path, the only place where Telegram takes it. */
export function authorize(call: Call, { credentials, baseUrl }: Access, upload?: Upload): HttpRequest {
  const path = call.path.replace(/^(\/file)?\/bot\//, `$1/bot${credentials.bot_token}/`);
  const request = { method: call.method, url: `${baseUrl}${path}` };
  if (call.body && upload) return { ...request, headers: {}, form: formOf(call.body, upload) };
  if (!call.body) return { ...request, headers: {} };
  return { ...request, headers: { "content-type": "application/json" }, body: JSON.stringify(call.body) };
}

/** The fields beside the file as texts: objects as JSON. https://core.telegram.org/bots/api#making-requests, read 2026-11-21. */
function formOf(body: JsonObject, file: Upload): HttpRequest["form"] {
  const others = Object.entries(body).filter(([name]) => name !== file.field);
  const fields = others.map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { fields: Object.fromEntries(fields), file };
}

/** Genuine is what carries the secret that `register` gave to Telegram. */
export function verify(request: InboundRequest, _credentials: Credentials, webhookSecret: string): Verdict {
  if (request.method !== "POST") return { kind: "forged", reason: "Telegram posts its updates." };
  const given = request.headers["x-telegram-bot-api-secret-token"];
  if (typeof given !== "string" || given === "")
    return { kind: "forged", reason: "The request carries no secret token, or several." };
  if (!isSameSecret(given, webhookSecret))
    return { kind: "forged", reason: "The secret token is not this channel's." };
  return { kind: "genuine" };
}
