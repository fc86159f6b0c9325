import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Credentials, PlatformName } from "../../src/core/platform.ts";

const root = join(import.meta.dirname, "..", "..", "src", "platforms");

/** Whose payloads the fixtures are. */
export const credentials: Record<PlatformName, Credentials> = {
  whatsapp: { phone_number_id: "106540352242922" },
  telegram: {},
  messenger: { page_id: "682498302938465", app_id: "1517776481860111" },
  instagram: { instagram_id: "17841405822304914", app_id: "1517776481860111" },
};
export const platformNames = Object.keys(credentials) as PlatformName[];

/** The payloads of a folder's fixtures as text: a fixture is one payload, or a list of them. */
function payloadsIn(folder: string): string[] {
  return globSync("fixtures/*.in.json", { cwd: join(root, folder) })
    .sort()
    .flatMap((file) => JSON.parse(readFileSync(join(root, folder, file), "utf8")))
    .map((payload) => JSON.stringify(payload));
}

export const seeds = Object.fromEntries(platformNames.map((name) => [name, payloadsIn(name)])) as Record<
  PlatformName,
  string[]
>;
