import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { RenderContext } from "../../core/platform.ts";
import { render } from "./render.ts";

const folder = new URL("./fixtures/", import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const context: RenderContext = { to: "1000000000000001", chat: "private", token: "8sK2a", options: {} };

for (const file of readdirSync(folder).filter((name) => name.endsWith(".message.json"))) {
  const name = file.replace(".message.json", "");
  test(`draws ${name.replaceAll("-", " ")}`, () => {
    const { content, ...more } = read(file);
    assert.deepEqual(render(content, { ...context, ...more }), read(`${name}.calls.json`));
  });
}
