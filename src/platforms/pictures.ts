import type { PlatformName } from "../core/platform.ts";
import type { PlatformPicture } from "../core/preview.ts";
import { picture as instagram } from "./instagram/picture.ts";
import { picture as messenger } from "./messenger/picture.ts";
import { picture as telegram } from "./telegram/picture.ts";
import { picture as whatsapp } from "./whatsapp/picture.ts";

/** What of every platform draws a message: the console's pages load this, and nothing of Node.js with it. */
export const pictures: Record<PlatformName, PlatformPicture> = { whatsapp, instagram, messenger, telegram };
