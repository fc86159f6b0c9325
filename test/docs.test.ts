import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { readConfig } from "../src/config.ts";
import { eventTypes } from "../src/core/event.ts";
import { problems } from "../src/core/problem.ts";
import { signedHeaders } from "../src/gateway/delivering/signature.ts";
import { newSigningSecret } from "../src/gateway/secret.ts";
import { operations } from "../src/http/operations.ts";
import { platforms } from "../src/platforms/index.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const documents = globSync(["*.md", "docs/**/*.md", "src/**/*.md"], { cwd: root }).sort();

/** The rows of the tables under a heading, up to the next heading of its level: their cells. */
function rows(markdown: string, heading: string): string[][] {
  const level = /^#+/.exec(heading)![0];
  const [, rest] = markdown.split(`\n${heading}\n`);
  assert.ok(rest !== undefined, `there is no heading ${heading}`);
  const section = rest.split(new RegExp(`^#{1,${level.length}} `, "m"))[0]!;
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.slice(2, -2).split(" | "));
}

const codeIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

test("docs/problems.md has every code of the product, with its status, and no other", () => {
  const told = rows(`\n${read("docs/problems.md")}`, "# Problems").map(([code, status]) => [
    codeIn(code!)[0],
    Number(status),
  ]);
  const real = Object.entries(problems).map(([code, { status }]) => [code, status]);
  assert.deepEqual(told, real);
});

test("README and docs/operating.md have every setting that src/config.ts reads, and no other", () => {
  const source = read("src/config.ts");
  const real = [
    ...new Set([...source.matchAll(/take\(\s*"([A-Z_]+)"|env\.([A-Z_]+)/g)].map(([, a, b]) => (a ?? b)!)),
  ].sort();
  assert.ok(real.length > 5, "src/config.ts reads its settings in another way now");
  const named = (path: string) => rows(read(path), "## Settings").flatMap(([cell]) => codeIn(cell!));
  assert.deepEqual(named("README.md").sort(), real);
  assert.deepEqual(named("docs/operating.md").sort(), real);
});

test("the README's defaults are the ones in force", () => {
  const result = readConfig({});
  assert.ok("config" in result);
  const { port, host, simulatorPort, trustProxy, allowPrivateEndpoints, logLevel, ...limits } = result.config;
  const told = Object.fromEntries(
    rows(read("README.md"), "## Settings").map(([name, value]) => [codeIn(name!)[0], codeIn(value!)[0]]),
  );
  assert.deepEqual(told, {
    PORT: String(port),
    HOST: host,
    SIMULATOR_PORT: String(simulatorPort),
    ANTIPHON_DATA: `./${relative(process.cwd(), result.config.dataDir)}`,
    DATABASE_URL: result.config.databaseUrl,
    ANTIPHON_API_KEY: undefined,
    ANTIPHON_SECRET_KEY: undefined,
    ANTIPHON_SECRET_KEY_FILE: "$ANTIPHON_DATA/secret-key",
    ANTIPHON_PUBLIC_URL: undefined,
    ANTIPHON_GRAPH_VERSION: limits.graphVersion,
    ANTIPHON_TRUST_PROXY: String(trustProxy),
    ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: String(allowPrivateEndpoints),
    ANTIPHON_MAX_CONNECTIONS: String(limits.maxConnections),
    ANTIPHON_MAX_QUEUED: String(limits.maxQueued),
    ANTIPHON_MAX_QUEUED_PER_CHANNEL: String(limits.maxQueuedPerChannel),
    ANTIPHON_MAX_UNREAD: String(limits.maxUnread),
    ANTIPHON_BACKUPS: "$ANTIPHON_DATA/backups",
    ANTIPHON_KEEP_BACKUPS: String(limits.keepBackups),
    ANTIPHON_RETAIN_CONTENT_DAYS: String(limits.retainContentDays),
    ANTIPHON_RETAIN_RECORDS_DAYS: String(limits.retainRecordsDays),
    ANTIPHON_RETAIN_AUDIT_DAYS: String(limits.retainAuditDays),
    OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: undefined,
    OTEL_SERVICE_NAME: limits.tracing.serviceName,
    OTEL_TRACES_SAMPLER_ARG: String(limits.tracing.ratio),
    LOG_LEVEL: logLevel,
  });
});

test("docs/api.md tells every operation, and no other under /v1", () => {
  const text = read("docs/api.md");
  const told = [...text.matchAll(/`(GET|POST|PATCH|DELETE) (\/[^`?]*)`/g)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  const real = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual(
    real.filter((one) => !told.includes(one)),
    [],
    "operations that docs/api.md does not tell",
  );
  const invented = told.filter((one) => one.includes(" /v1/") && !real.includes(one));
  assert.deepEqual(invented, [], "operations that do not exist");
});

test("docs/api.md names every filter of a list", () => {
  const sections = read("docs/api.md").split(/^###? /m);
  for (const { method, path, query } of operations) {
    const section = sections.find((one) => one.startsWith(`\`${method.toUpperCase()} ${path}\``)) ?? "";
    const filters = Object.keys(query ?? {}).filter((name) => name !== "cursor" && name !== "limit");
    const missing = filters.filter((name) => !new RegExp(`[\`?]${name}[\`=]`).test(section));
    assert.deepEqual(missing, [], `${method} ${path}`);
  }
});

test("docs/api.md lists the event types, in their order, and no other", () => {
  const told = rows(read("docs/api.md"), "### Event types").map(([cell]) => codeIn(cell!)[0]);
  assert.deepEqual(told, [...eventTypes]);
});

test("every JSON example in the documents is JSON", () => {
  for (const file of documents) {
    for (const [, block] of read(file).matchAll(/^```json\n([\s\S]*?)^```$/gm)) {
      assert.doesNotThrow(() => JSON.parse(block!), `${file}: ${block!.slice(0, 200)}`);
    }
  }
});

test("every relative link leads to a file, and to a heading of it", () => {
  const broken: string[] = [];
  for (const file of documents) {
    for (const [, to] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(to!)) continue;
      const [path, anchor] = to!.split("#");
      const target = path === "" ? file : join(dirname(file), path!);
      if (!existsSync(join(root, target))) broken.push(`${file} -> ${to}`);
      else if (anchor && !anchors(target).includes(anchor)) broken.push(`${file} -> ${to}`);
    }
  }
  assert.deepEqual(broken, []);
});

/** As GitHub makes them. */
function anchors(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("every file of the repository that a document names is there", () => {
  const missing: string[] = [];
  for (const file of documents) {
    const prose = read(file).replace(/^```[\s\S]*?^```$/gm, "");
    for (const code of codeIn(prose)) {
      if (/^(src|test|docs|scripts)\/[\w./-]+$/.test(code) && !existsSync(join(root, code))) {
        missing.push(`${file}: ${code}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});

/** What stands in for a test of a promise: a command of its own. */
const provingCommand = /^npm run test:\w+/;

test("every promise of docs/reliability.md, docs/security.md and docs/architecture.md names tests that are there, and run", () => {
  const promises: [file: string, heading: string][] = [
    ["docs/reliability.md", "## Promise and test"],
    ["docs/security.md", "## Promise and test"],
    ["docs/architecture.md", "## Where each promise is kept, and shown"],
  ];
  const { scripts } = JSON.parse(read("package.json"));
  for (const [file, heading] of promises) {
    const table = read(file).split(`\n${heading}\n`)[1]!.split("\n## ")[0]!;
    const told = table
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(2)
      .filter((line) => !line.endsWith("** | |"));
    assert.ok(told.length > 10, `${file} tells its promises in another way now`);
    for (const row of told) {
      // A name alone is in the folder of the one before it.
      let folder = "";
      const named = codeIn(row.slice(0, -2).split(" | ").at(-1)!).flatMap((code) => {
        if (provingCommand.test(code)) return [code];
        if (!/\.ts$/.test(code)) return [];
        const path = code.includes("/") ? code : join(folder, code);
        folder = dirname(path);
        return [path];
      });
      assert.ok(named.length > 0, `${file} names no test: ${row}`);
      for (const name of named) {
        if (provingCommand.test(name)) assert.ok(scripts[name.split(" ")[2]!], `${file}: ${name}`);
        else assert.ok(isTest(name), `${file}: ${name} is no test`);
      }
    }
  }
});

/** Cases of the store are run by `src/store/sqlite.test.ts`, through the list of them. */
function isTest(path: string): boolean {
  if (!existsSync(join(root, path))) return false;
  const isCase = path.startsWith("src/store/conformance/");
  if (isCase) return read("src/store/conformance.ts").includes(path.split("/").at(-1)!);
  return path.endsWith(".test.ts") && /^\s*(test|it|story|storeConformance)\(/m.test(read(path));
}

test("the README's table names every type of message, and refuses exactly what a platform refuses", () => {
  const table = rows(read("README.md"), "## What is drawn how");
  const told = new Map(
    table.flatMap(([types, ...cells]) => codeIn(types!).map((type) => [type, cells] as const)),
  );
  for (const [column, platform] of Object.values(platforms).entries()) {
    const { types } = platform.capabilities;
    assert.deepEqual([...told.keys()].sort(), Object.keys(types).sort());
    for (const [type, { support }] of Object.entries(types)) {
      const isRefused = told.get(type)![column]!.startsWith("refused");
      assert.equal(isRefused, support === "refused", `${type} on ${platform.title}`);
    }
  }
});

test("the README's signature check takes what the gateway signs, and nothing else", async () => {
  const [, source] = /^```js\n([\s\S]*?)^```$/m.exec(read("README.md"))!;
  const { isGenuine } = await import(`data:text/javascript,${encodeURIComponent(source!)}`);
  const secret = newSigningSecret();
  const body = '{"type":"message.received","text":"ção ✓"}';
  const headers = signedHeaders([secret], "evt_1", Date.now(), body);
  assert.equal(isGenuine(secret, headers, body), true);
  assert.equal(isGenuine(secret, headers, Buffer.from(body)), true);
  const two = { ...headers, "webhook-signature": `v1,AAAA ${headers["webhook-signature"]}` };
  assert.equal(isGenuine(secret, two, body), true);

  const old = signedHeaders([secret], "evt_1", Date.now() - 301_000, body);
  assert.equal(isGenuine(secret, old, body), false);
  assert.equal(isGenuine(secret, headers, `${body} `), false);
  assert.equal(isGenuine(newSigningSecret(), headers, body), false);
  assert.equal(isGenuine(secret, { ...headers, "webhook-id": "evt_2" }, body), false);
  assert.equal(isGenuine(secret, { ...headers, "webhook-signature": "v1," }, body), false);
  assert.equal(isGenuine(secret, { ...headers, "webhook-timestamp": "soon" }, body), false);
  assert.equal(isGenuine(secret, {}, body), false);
});
