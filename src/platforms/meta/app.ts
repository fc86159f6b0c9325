import { isObject, type JsonObject, pointerStep } from "../../core/json.ts";
import type { AppProvider, Destination, PlatformName, UnknownPart } from "../../core/platform.ts";
import { accountFields } from "./account-fields.ts";
import { verifyWebhook } from "./challenge.ts";
import { type Fields, idOf, objectOf, objectsIn } from "./read.ts";
import { hubSignature } from "./signature.ts";

type Routed = ReturnType<AppProvider["route"]>;

/** Objects whose entries are each for one account, by the platform that they belong to. */
const platformOf: Record<string, PlatformName> = { page: "messenger", instagram: "instagram" };

/** Meta's apps: one callback URL gets what happens to all Pages, Instagram accounts and numbers of an app. */
export const meta: AppProvider = {
  name: "meta",
  title: "Meta",
  verify: (request, { secrets, verifyToken }) => verifyWebhook(request, secrets.join(","), verifyToken),
  signature: hubSignature(({ secrets }) => secrets.join(",")),
  route(payload) {
    if (!isObject(payload)) return nowhere("", "not a JSON object");
    const object = typeof payload.object === "string" ? payload.object : "";
    const routed: Routed = { parts: [], unknown: [] };
    if (object === "whatsapp_business_account") routeNumbers(payload, routed);
    else if (Object.hasOwn(platformOf, object)) routeAccounts(payload, platformOf[object]!, routed);
    else return nowhere("", `a webhook of the object ${object.slice(0, 64)}`);
    if (routed.parts.length + routed.unknown.length === 0)
      return nowhere("/entry", "a webhook without entries");
    return routed;
  },
};

function nowhere(path: string, reason: string): Routed {
  return { parts: [], unknown: [{ path, reason }] };
}

function routeAccounts(payload: Fields, platform: PlatformName, { parts, unknown }: Routed): void {
  for (const [entry, path] of objectsIn(payload, "entry", "", unknown)) {
    const naturalId = idOf(entry, "id");
    if (naturalId) parts.push({ to: { platform, naturalId }, payload: partOf(payload, entry), path });
    else unknown.push({ path, reason: "an entry without id" });
  }
}

/** An entry is an account, and each of its changes is for one of the account's numbers, or for none. */
function routeNumbers(payload: Fields, { parts, unknown }: Routed): void {
  for (const [entry, at] of objectsIn(payload, "entry", "", unknown)) {
    const before = parts.length + unknown.length;
    unknown.push(...strayIn(entry, at));
    for (const [change, path] of objectsIn(entry, "changes", at, unknown)) {
      const to = numberOf(change) ?? accountOf(entry, change);
      if (to) parts.push({ to, payload: partOf(payload, { ...frameOf(entry), changes: [change] }), path });
      else unknown.push({ path, reason: accountLevel(change) });
    }
    if (parts.length + unknown.length === before)
      unknown.push({ path: at, reason: "an entry without changes" });
  }
}

const frame = ["id", "time"];

function frameOf(entry: Fields): Fields {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => frame.includes(key)));
}

function strayIn(entry: Fields, at: string): UnknownPart[] {
  const stray = Object.keys(entry).filter((key) => key !== "changes" && !frame.includes(key));
  return stray
    .map((key) => key.slice(0, 64))
    .map((key) => ({ path: at + pointerStep(key), reason: `${key} of an entry` }));
}

function numberOf(change: Fields): Destination | undefined {
  const naturalId = idOf(objectOf(objectOf(change, "value"), "metadata"), "phone_number_id");
  return naturalId === undefined ? undefined : { platform: "whatsapp", naturalId };
}

function accountOf(entry: Fields, { field }: Fields): Destination | undefined {
  const isOfAccount = (accountFields as readonly unknown[]).includes(field);
  const naturalId = isOfAccount ? idOf(entry, "id") : undefined;
  return naturalId === undefined ? undefined : { platform: "whatsapp", naturalId, isAccount: true };
}

function accountLevel({ field }: Fields): UnknownPart["reason"] {
  const name = typeof field === "string" ? field.slice(0, 64) : "nothing";
  return `a change of ${name} that names no number`;
}

/** The same webhook with one entry alone, and nothing that would be there again in each part. */
function partOf({ object }: Fields, entry: Fields): JsonObject {
  return { object, entry: [entry] } as JsonObject;
}
