import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { RenderContext } from "../../../core/platform.ts";
import { instagram } from "../../instagram/index.ts";
import { messenger } from "../../messenger/index.ts";

const context: RenderContext = { to: "1000000000000001", chat: "private", token: "8sK2a", options: {} };

for (const { name: platform, title, render } of [messenger, instagram]) {
  const folder = new URL(`../../${platform}/fixtures/`, import.meta.url);
  const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".message.json"))) {
    const name = file.replace(".message.json", "");
    test(`${title} draws ${name.replaceAll("-", " ")}`, () => {
      const { content, ...more } = read(file);
      assert.deepEqual(render(content, { ...context, ...more }), read(`${name}.calls.json`));
    });
  }
}
