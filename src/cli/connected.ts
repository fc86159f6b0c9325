/** The gateway's answers, as far as they are told. */
export interface ConnectedChannel {
  id: string;
  name: string;
  natural_id: string;
  app?: string;
}
export interface ConnectedApp {
  app_id: string;
  webhook_url?: string;
  verify_token: string;
}
export interface ChannelCheck {
  credentials: { state: string };
  permissions: { state: string; missing: string[] };
  identity: { name?: string; handle?: string };
  advice: string[];
}
export type Registration =
  | { webhook_url?: string; polling?: boolean }
  | { refusal: string; isConflict: boolean };

interface Connected {
  title: string;
  channel: ConnectedChannel;
  registration: Registration;
  check: ChannelCheck;
  app?: ConnectedApp;
}

/** What somebody who has just connected a channel wants to know: who it is, whether it receives, what to do next. */
export function described(connected: Connected): string {
  const { channel, check } = connected;
  const facts = factsOf(connected).map(([name, value]) => `  ${name.padEnd(14)} ${value}`);
  const duties = check.advice.map((sentence) => `To do: ${sentence}`);
  const next = `Write to it from a phone; GET /v1/events shows who wrote. Send with "from": "${channel.natural_id}".`;
  return [`Connected ${channel.name} (channel ${channel.id}).`, ...facts, ...duties, next].join("\n");
}

function factsOf({ title, registration, check, app }: Connected): [string, string][] {
  const { permissions, identity } = check;
  const who = [identity.name, identity.handle].filter(Boolean).join(", ");
  const facts: [string, string][] = [];
  if (who) facts.push([title, who]);
  facts.push(["permissions", permissionsTold(permissions)], ["receives", receptionTold(registration)]);
  if (app?.webhook_url) facts.push(["webhook URL", app.webhook_url]);
  if (app) facts.push(["verify token", app.verify_token]);
  return facts;
}

function permissionsTold({ state, missing }: ChannelCheck["permissions"]): string {
  if (state === "missing") return `missing: ${missing.join(", ")}`;
  return state === "ok" ? "all that is needed" : "not told by the platform";
}

function receptionTold(registration: Registration): string {
  if ("refusal" in registration) return `not yet. ${registration.refusal}`;
  return registration.polling ? "yes, by polling" : `yes, at ${registration.webhook_url}`;
}
