import { isObject, type JsonObject, pointerStep } from "../../core/json.ts";
import type { AppProvider, PlatformName, UnknownPart } from "../../core/platform.ts";
import { answerChallenge } from "./challenge.ts";
import { forged, verifySignature } from "./signature.ts";

type Routed = ReturnType<AppProvider["route"]>;

/** Objects whose entries are named after the account that they are for. */
const byEntry: Record<string, PlatformName> = { page: "messenger", instagram: "instagram" };

/** Meta's apps: one callback URL for all pages, accounts and numbers that an app serves. */
export const meta: AppProvider = {
  name: "meta",
  title: "Meta",
  verify(request, { secrets, verifyToken }) {
    if (request.method === "GET") return answerChallenge(request, verifyToken);
    if (request.method !== "POST") return forged("Meta posts its webhooks.");
    return verifySignature(request, secrets.join(","));
  },
  route(payload) {
    if (!isObject(payload) || !Array.isArray(payload.entry)) return unknown("", "no webhook of Meta");
    const whole = payload as JsonObject;
    const routed = payload.entry.map((entry, index) =>
      isObject(entry)
        ? routeEntry(whole, entry as JsonObject, `/entry${pointerStep(index)}`)
        : unknown(`/entry${pointerStep(index)}`, "an entry that is no object"),
    );
    return joined(routed);
  },
};

function routeEntry(whole: JsonObject, entry: JsonObject, path: string): Routed {
  if (whole.object === "whatsapp_business_account") return routeChanges(whole, entry, path);
  const platform = byEntry[String(whole.object)];
  if (!platform) return unknown(path, `webhooks for ${String(whole.object).slice(0, 40)}`);
  const naturalId = idOf(entry.id);
  if (naturalId === undefined) return unknown(path, "an entry without an id");
  return {
    parts: [{ to: { platform, naturalId }, payload: { ...whole, entry: [entry] }, path }],
    unknown: [],
  };
}

/** An entry is named after the business account; which number a change is for stands inside. */
function routeChanges(whole: JsonObject, entry: JsonObject, path: string): Routed {
  if (!Array.isArray(entry.changes)) return unknown(path, "an entry without changes");
  const routed = entry.changes.map((change, index) => {
    const at = `${path}/changes${pointerStep(index)}`;
    const value = isObject(change) ? change.value : undefined;
    const metadata = isObject(value) ? value.metadata : undefined;
    const naturalId = isObject(metadata) ? idOf(metadata.phone_number_id) : undefined;
    if (naturalId === undefined) return unknown(at, "a change that names no number");
    const payload = { ...whole, entry: [{ ...entry, changes: [change] }] };
    return { parts: [{ to: { platform: "whatsapp" as const, naturalId }, payload, path: at }], unknown: [] };
  });
  return joined(routed);
}

function idOf(value: unknown): string | undefined {
  return (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : undefined;
}

function joined(routed: Routed[]): Routed {
  return {
    parts: routed.flatMap((one) => one.parts),
    unknown: routed.flatMap((one) => one.unknown),
  };
}

function unknown(path: string, reason: string): { parts: []; unknown: UnknownPart[] } {
  return { parts: [], unknown: [{ path, reason }] };
}
