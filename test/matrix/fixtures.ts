import { join } from "node:path";
import type { MessageType } from "../../src/core/message.ts";
import type { PlatformName } from "../../src/core/platform.ts";
import { samples } from "../../src/core/samples.ts";
import type { Stage } from "../support/stage.ts";
import { cells } from "./cells.ts";
import { printed } from "./printed.ts";
import { shownCell } from "./shown.ts";

export const types = Object.keys(samples()) as MessageType[];

export function fixtureFile(platform: PlatformName, type: MessageType): string {
  return join(import.meta.dirname, "fixtures", platform, `${type.replaceAll("_", "-")}.json`);
}

/** The text of one fixture: all cells of a type on one platform. */
export async function fixture(stage: Stage, type: MessageType): Promise<string> {
  const shown: Record<string, object> = {};
  for (const [name, content] of Object.entries(cells(type))) shown[name] = await shownCell(stage, content);
  return `${printed(shown)}\n`;
}
