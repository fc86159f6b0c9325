import type { AppProvider, Credentials, Platform, PlatformName } from "../core/platform.ts";
import { instagram } from "./instagram/index.ts";
import { messenger } from "./messenger/index.ts";
import { meta } from "./meta/app.ts";
import { telegram } from "./telegram/index.ts";
import { whatsapp } from "./whatsapp/index.ts";

/** Every platform: a new one is a line here and a folder beside. */
export const platforms: Record<PlatformName, Platform> = { whatsapp, instagram, messenger, telegram };

/** The same where a channel that names no version of its platform's interface asks by `graphVersion`. */
export function platformsAt(graphVersion: string): Record<PlatformName, Platform> {
  const asking = (platform: Platform) => askingBy(graphVersion, platform);
  return {
    whatsapp: asking(whatsapp),
    instagram: asking(instagram),
    messenger: asking(messenger),
    telegram,
  };
}

function askingBy(version: string, platform: Platform): Platform {
  const before = new WeakMap<Credentials, Credentials>();
  // The same for the same: what is worked out of credentials is kept by them.
  const versioned = (given: Credentials): Credentials => {
    const known = before.get(given);
    if (known) return known;
    const made = { ...given, graph_version: given.graph_version || version };
    before.set(given, made);
    return made;
  };
  const { apiVersion } = platform;
  return {
    ...platform,
    authorize: (call, access, upload) =>
      platform.authorize(call, { ...access, credentials: versioned(access.credentials) }, upload),
    ...(apiVersion && { apiVersion: { ...apiVersion, of: (given) => apiVersion.of(versioned(given)) } }),
  };
}

/** Whose apps bring several channels' webhooks through one URL. */
export const appProvider: AppProvider = meta;
