import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { telegram } from "./index.ts";

const folder = new URL("./fixtures/", import.meta.url);
const names = readdirSync(folder);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
const defaults = { to: "5", chat: "private", token: "8sK2a", options: {} };

for (const name of names.filter((each) => each.endsWith(".message.json"))) {
  const subject = name.replace(".message.json", "");
  test(`renders ${subject.replaceAll("-", " ")}`, () => {
    const { content, context } = read(name);
    const rendering = telegram.render(content, { ...defaults, ...context });
    assert.deepEqual(JSON.parse(JSON.stringify(rendering)), read(`${subject}.calls.json`));
  });
}

for (const name of names.filter((each) => each.endsWith(".in.json"))) {
  const subject = name.replace(".in.json", "");
  test(`parses ${subject.replaceAll("-", " ")}`, () => {
    const parsed = read(name).map(telegram.parse);
    assert.deepEqual(JSON.parse(JSON.stringify(parsed)), read(`${subject}.events.json`));
  });
}
