import type { AppProvider, Platform, PlatformName } from "../core/platform.ts";
import { instagram } from "./instagram/index.ts";
import { messenger } from "./messenger/index.ts";
import { meta } from "./meta/app.ts";
import { telegram } from "./telegram/index.ts";
import { whatsapp } from "./whatsapp/index.ts";

/** Every platform: a new one is a line here and a folder beside. */
export const platforms: Record<PlatformName, Platform> = { whatsapp, instagram, messenger, telegram };

/** Whose apps bring several channels' webhooks through one URL. */
export const appProvider: AppProvider = meta;
