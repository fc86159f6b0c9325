import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  breaches,
  circles,
  consoleBreaches,
  layers,
  literalWords,
  misshapen,
  reached,
  roomBreaches,
  rooms,
  type Source,
  sharedRules,
} from "./support/architecture.ts";
import { forgottenWork } from "./support/forgotten-work.ts";

const root = join(import.meta.dirname, "..");
const sources: Source[] = globSync("src/**/*.ts", { cwd: root })
  .filter((file) => !file.includes("/fixtures/"))
  .sort()
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

test("every folder of src/ has its row in the table", () => {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((one) => one.isDirectory());
  assert.deepEqual(folders.map(({ name }) => name).sort(), Object.keys(layers).sort());
});

for (const folder of Object.keys(layers)) {
  test(`${folder} keeps to its row of the table`, () => {
    assert.deepEqual(breaches(folder, sources), []);
  });
}

test("the gateway's rooms keep to their plan", () => {
  const folders = readdirSync(join(root, "src/gateway"), { withFileTypes: true });
  const names = folders.filter((one) => one.isDirectory()).map(({ name }) => name);
  assert.deepEqual(names.sort(), Object.keys(rooms).sort());
  assert.deepEqual(roomBreaches(sources), []);
});

test("a simulator shares no rule with what it judges", () => {
  assert.deepEqual(sharedRules(sources), []);
});

test("no file imports in a circle", () => {
  assert.deepEqual(circles(sources), []);
});

test("what the console's pages draw and check with leads to no package and no module of Node.js", () => {
  for (const file of ["platforms/pictures.ts", "core/preview.ts", "core/validate.ts", "core/examples.ts"])
    assert.deepEqual(reached(file, sources), [], file);
  assert.deepEqual(reached("platforms/index.ts", sources), ["node:crypto"]);
});

const engine = sources.filter(({ file }) => file.startsWith("src/store/") && !file.endsWith(".test.ts"));

test("nothing that asks the database is called and forgotten", () => {
  assert.deepEqual(forgottenWork(engine), []);
});

test("files stay short and names say what is inside", () => {
  assert.deepEqual(misshapen(sources), []);
});

const pages: Source[] = globSync("console/src/**/*.{ts,tsx}", { cwd: root })
  .sort()
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));
const { dependencies } = JSON.parse(readFileSync(join(root, "console/package.json"), "utf8"));
const packages = Object.keys(dependencies).filter((name) => !/vite/.test(name));

test("the console keeps to its row of the table", () => {
  assert.ok(pages.length > 100, "its sources are elsewhere now");
  assert.deepEqual(consoleBreaches(pages, packages), []);
  assert.deepEqual(misshapen(pages), []);
  assert.deepEqual(circles(pages), []);
});

test("every word that the console shows stands among its texts", () => {
  assert.deepEqual(pages.filter(({ file }) => file.endsWith(".tsx")).flatMap(literalWords), []);
});

test("the console's row refuses Node, the gateway, the store and foreign packages, and takes what draws", () => {
  const breaks = (text: string) =>
    consoleBreaches([{ file: "console/src/pages/a/page.tsx", text: `${text}\n` }], ["react"]).length;
  for (const path of ["gateway/accept.ts", "store/rows.ts", "http/app.ts", "platforms/telegram/parse.ts"])
    assert.equal(breaks(`import { x } from "../../../../src/${path}";`), 1, path);
  for (const path of ["core/limits.ts", "platforms/telegram/render.ts", "platforms/whatsapp/capabilities.ts"])
    assert.equal(breaks(`import { x } from "../../../../src/${path}";`), 0, path);
  for (const name of ["node:fs", "lodash", "playwright-core"])
    assert.equal(breaks(`import { x } from "${name}";`), 1, name);
  assert.equal(breaks('import { x } from "react/jsx-runtime";\nimport "./page.module.css";'), 0);
});

test("a word in the markup is found, and what only looks like one is not", () => {
  const words = (text: string) => literalWords({ file: "console/src/a.tsx", text }).length;
  assert.equal(words("<p>Hello there</p>"), 1);
  assert.equal(words("<p>\n  Hello\n</p>"), 1);
  assert.equal(words('<Field label="Name">{input}</Field>'), 1);
  assert.equal(words("<p>{texts.hello}</p>"), 0);
  assert.equal(words('<span className="a">·</span>'), 0);
  assert.equal(words("const a = useState<string>(b); return <i>{a}</i>;"), 0);
});

// The rules themselves, on made-up sources: a rule that cannot fail guards nothing.

const one = (file: string, text: string): Source[] => [{ file: `src/${file}`, text: `${text}\n` }];

function breaks(file: string, text: string): string[] {
  return breaches(file.split("/")[0]!, one(file, text));
}

const refused: [file: string, text: string][] = [
  ["core/a.ts", 'import { x } from "../gateway/send.ts";'],
  ["core/a.ts", 'import type { X } from "../gateway/send.ts";'],
  ["core/a.ts", 'import "../gateway/send.ts";'],
  ["core/a.ts", 'export * from "../gateway/send.ts";'],
  ["core/a.ts", 'export { send } from "../gateway/send.ts";'],
  ["core/a.ts", 'export type { Send } from "../gateway/send.ts";'],
  ["core/a.ts", 'import {\n  a,\n  b,\n} from "../gateway/send.ts";'],
  ["core/a.ts", 'const { send } = await import("../gateway/send.ts");'],
  ["core/a.ts", "type Send = import('../gateway/send.ts').Send;"],
  ["core/a.ts", 'const any = "*/*";\nimport "../gateway/send.ts"; /* later */'],
  ["core/a.ts", 'import "undici";'],
  ["core/a.ts", 'import { request } from "undici";'],
  ["core/a.ts", 'const pino = require("pino");'],
  ["core/a.ts", 'import { join } from "node:path";'],
  ["core/a.ts", "const at = Date.now();"],
  ["core/a.ts", "const at = new Date();"],
  ["core/a.ts", "const at = new Date;"],
  ["core/a.ts", "const at = Date();"],
  ["core/a.ts", 'const any = "*/*"; const at = Date.now(); /* a comment */'],
  ["core/a.ts", 'const sql = "SELECT id FROM messages";'],
  ["platforms/telegram/render.ts", "const at = Date.now();"],
  ["platforms/telegram/render.ts", "const now = Date.now;"],
  ["platforms/telegram/render.ts", "const id = Math.random();"],
  ["platforms/telegram/render.ts", "const home = process.env.HOME;"],
  ["platforms/telegram/render.ts", 'const home = process["env"];'],
  ["platforms/telegram/render.ts", "setTimeout(later, 5);"],
  ["platforms/telegram/render.ts", "const at = performance.now();"],
  ["platforms/telegram/render.ts", 'await fetch("https://example.com");'],
  ["platforms/telegram/render.ts", "const id = crypto.randomUUID();"],
  ["platforms/telegram/render.ts", 'import { createHash } from "node:crypto";'],
  ["platforms/telegram/access.ts", 'import { readFileSync } from "node:fs";'],
  ["platforms/telegram/access.ts", 'import { randomBytes } from "node:crypto";'],
  ["platforms/telegram/render.ts", 'import { z } from "zod";'],
  ["platforms/telegram/simulator/draw.ts", 'import { request } from "undici";'],
  ["platforms/telegram/render.ts", 'import type { Row } from "../../store/rows.ts";'],
  ["store/sqlite.ts", 'import fastify from "fastify";'],
  ["store/sqlite.ts", 'import { telegram } from "../platforms/telegram/index.ts";'],
  ["cloud/answer.ts", 'import { render } from "../platforms/whatsapp/render.ts";'],
  ["cloud/answer.ts", 'import { z } from "zod";'],
  ["cloud/answer.ts", "const at = Date.now();"],
  ["gateway/send.ts", 'import { openStore } from "../store/sqlite.ts";'],
  ["gateway/send.ts", 'import { type Store } from "../store/store.ts";'],
  ["gateway/send.ts", 'import fastify from "fastify";'],
  ["gateway/send.ts", 'db.exec("DELETE FROM calls");'],
  ["http/messages.ts", 'import { render } from "../platforms/telegram/render.ts";'],
  ["http/messages.ts", 'import { request } from "undici";'],
  ["http/messages.ts", 'if (platform === "telegram") send();'],
  ["http/channels.ts", 'const shown = platform === "messenger" || platform === `instagram`;'],
  ["http/platforms.ts", "if (platform === 'meta') route();"],
  ["gateway/webhook-path.ts", 'const path = appPath({ provider: "meta" });'],
  ["simulator/app.ts", 'import fastify from "fastify";'],
  ["simulator/app.ts", 'import { send } from "../gateway/send.ts";'],
  ["simulator/app.ts", 'import { render } from "../platforms/telegram/render.ts";'],
  ["cli/connect.ts", 'import { openStore } from "../store/sqlite.ts";'],
  ["cli/connect.ts", 'import { z } from "zod";'],
];

for (const [file, text] of refused) {
  test(`the table refuses in ${file}: ${text.replaceAll("\n", " ")}`, () => {
    assert.equal(breaks(file, text).length, 1, breaks(file, text).join("\n"));
  });
}

const taken: [file: string, text: string][] = [
  ["core/a.ts", 'import { z } from "zod";\nimport { b } from "./b.ts";'],
  ["core/a.ts", "export const iso = (atMs: number) => new Date(atMs).toISOString();"],
  ["core/a.ts", '// import { x } from "undici"; Date.now()\n/* process.exit() */\n/** Math.random() */'],
  [
    "core/a.ts",
    'const quotes = /["\'`]/; // Date.now() `\nconst link = "https://example.com"; // process.env',
  ],
  ["core/a.ts", 'export const words = ["send from", "x"];\nexport const from = "undici";'],
  ["core/a.ts", "store.fetch(1);\nconst processed = prefetch(2);"],
  ["core/a.test.ts", 'import { test } from "node:test";\nDate.now();'],
  ["platforms/telegram/access.ts", 'import { createHash } from "node:crypto";'],
  ["platforms/telegram/simulator/send.ts", "const at = Date.now();"],
  ["gateway/send.ts", 'import type { Store } from "../store/store.ts";\nimport { request } from "undici";'],
  ["cloud/answer.ts", 'import type { Sent } from "../platforms/whatsapp/wire.ts";'],
  ["simulator/app.ts", 'import { simulator } from "../platforms/telegram/simulator.ts";'],
];

for (const [file, text] of taken) {
  test(`the table takes in ${file}: ${text.replaceAll("\n", " ")}`, () => {
    assert.deepEqual(breaks(file, text), []);
  });
}

test("a simulator's import of anything but shapes is a shared rule", () => {
  const shares = (file: string, text: string) => sharedRules(one(file, text)).length;
  const inTelegram = "platforms/telegram/simulator/draw.ts";
  for (const name of ["limits", "text", "sizes", "split", "markup", "validate", "brand-new"])
    assert.equal(shares(inTelegram, `import { x } from "../../../core/${name}.ts";`), 1, name);
  for (const name of ["render", "parse", "address", "capabilities", "access"])
    assert.equal(shares(inTelegram, `import type { X } from "../${name}.ts";`), 1, name);
  assert.equal(
    shares(inTelegram, 'import { x } from "../../../core/message.ts";'),
    1,
    "a value of message.ts",
  );
  assert.equal(
    shares(inTelegram, 'import { x } from "../../../core/platform.ts";'),
    1,
    "a value of platform.ts",
  );
  assert.equal(shares(inTelegram, 'import type { X } from "../../whatsapp/wire.ts";'), 1, "another's wire");
  assert.equal(shares("platforms/telegram/simulator.ts", 'import { x } from "./render.ts";'), 1);
  assert.equal(shares("simulator/app.ts", 'export { x } from "../core/limits.ts";'), 1);
  assert.equal(shares("simulator/app.ts", 'import { x } from "../platforms/telegram/render.ts";'), 1);

  for (const name of ["json", "simulation", "problem", "clock", "log"])
    assert.equal(shares(inTelegram, `import { x } from "../../../core/${name}.ts";`), 0, name);
  assert.equal(shares(inTelegram, 'import type { Message } from "../../../core/message.ts";'), 0);
  assert.equal(
    shares(inTelegram, 'import type { Update } from "../wire.ts";\nimport { x } from "./acts.ts";'),
    0,
  );
  assert.equal(shares("simulator/app.ts", 'import { x } from "../platforms/telegram/simulator.ts";'), 0);
});

test("Meta's simulators share their own half of Graph, and nothing of ours", () => {
  const shares = (file: string, text: string) => sharedRules(one(file, text)).length;
  const graph = 'import { x } from "../../meta/simulator/graph-request.ts";';
  for (const name of ["whatsapp", "messenger", "instagram"]) {
    const file = `platforms/${name}/simulator/send.ts`;
    assert.equal(shares(file, graph), 0, name);
    for (const ours of ["graph", "signature", "messaging/render"])
      assert.equal(shares(file, `import { x } from "../../meta/${ours}.ts";`), 1, `${name} ${ours}`);
  }
  assert.equal(shares("platforms/telegram/simulator/send.ts", graph), 1);
  const shared = "platforms/meta/simulator/messaging/send.ts";
  assert.equal(shares(shared, 'import { x } from "../apps.ts";'), 0);
  assert.equal(shares(shared, 'import { x } from "../../graph.ts";'), 1);
  assert.equal(shares(shared, 'import { x } from "../../../messenger/render.ts";'), 1);
});

test("a circle is found, and types alone make none", () => {
  const a = { file: "src/core/a.ts", text: 'import { b } from "./b.ts";\n' };
  const b = (text: string) => ({ file: "src/core/b.ts", text });
  assert.deepEqual(circles([a, b('export * from "./a.ts";\n')]), ["core/a.ts -> core/b.ts -> core/a.ts"]);
  assert.deepEqual(circles([a, b('import "./a.ts";\n')]), ["core/a.ts -> core/b.ts -> core/a.ts"]);
  assert.deepEqual(circles([a, b('import type { A } from "./a.ts";\n')]), []);
});

test("a call of what asks the database is found where nobody drives it", () => {
  const own = "export function* count(db: Db): Work<number> {}\nfunction* isOpen(db: Db): Work<boolean> {}\n";
  const forgotten = (code: string) =>
    forgottenWork([
      { file: "src/store/sql/a.ts", text: `${own}function* f(db: Db): Work<void> {\n  ${code}\n}\n` },
    ]).length;
  for (const code of [
    'db.run("DELETE FROM t");',
    "if (isOpen(db)) return;",
    "return count(db);",
    "}\nfunction keep(db: Db): Work<number> {\n  return db.insert(table, row);\n}\nfunction f() {\n  keep(db);",
    "rows.filter((row) => isOpen(db, row));",
    "rows.some(({ id }) => db.one(sql, id));",
    "const sum = 1 + this.#db.one<{ n: number }>(sql);",
    "const read = (id: string) => db.one(sql, id);\n  read(id);",
  ])
    assert.equal(forgotten(code), 1, code);
  for (const code of [
    'yield* db.run("DELETE FROM t WHERE count(*) > 1");',
    "if (yield* isOpen(db)) return;",
    "return db.write(() => count(db));",
    "return yield* chosen(rows, (row) => isOpen(db, row));",
    "const read = (id: string) => db.one(sql, id);\n  yield* read(id);",
    "const steps = { first: (db) => count(db) };",
    "// count(db)\n  rows.count(db);",
    "}\nfunction keep(db: Db): Work<number> {\n  return db.insert(table, row);",
  ])
    assert.equal(forgotten(code), 0, code);
  const imported = { file: "src/store/sql/b.ts", text: 'import { count } from "./a.ts";\ncount(db);\n' };
  assert.equal(forgottenWork([{ file: "src/store/sql/a.ts", text: own }, imported]).length, 1);
});

test("a file of 301 lines and a name that says nothing are found", () => {
  assert.deepEqual(misshapen([{ file: "src/core/a.ts", text: "\n".repeat(300) }]), []);
  assert.equal(misshapen([{ file: "src/core/a.ts", text: "\n".repeat(301) }]).length, 1);
  assert.deepEqual(misshapen([{ file: "src/core/a.test.ts", text: "\n".repeat(700) }]), []);
  assert.equal(misshapen([{ file: "src/core/a.test.ts", text: "\n".repeat(701) }]).length, 1);
  assert.equal(misshapen([{ file: "src/core/utils.ts", text: "" }]).length, 1);
});

test("a call from room to room that the plan does not have is found, a type is told anywhere", () => {
  const found = (file: string, text: string) => roomBreaches(one(file, text)).length;
  assert.equal(found("gateway/connecting/check.ts", 'import { send } from "../sending/send.ts";'), 1);
  assert.equal(found("gateway/transport.ts", 'import { send } from "./sending/send.ts";'), 1);
  assert.equal(found("gateway/sending/send.ts", 'import { accessTo } from "../connecting/channels.ts";'), 0);
  assert.equal(found("gateway/connecting/check.ts", 'import type { Pause } from "../sending/send.ts";'), 0);
});
