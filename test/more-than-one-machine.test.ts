import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

// No container is run by any test: this reads what the files say, and holds it against the sources.

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const compose = read("ops/compose/compose.yaml");

/** The text of each entry of a top-level key, its comments left out, with what it takes over from the gateways' part. */
function entries(key: string): Map<string, string> {
  const [, rest] = `\n${compose}`.split(`\n${key}:\n`);
  assert.ok(rest !== undefined, `there is no ${key}`);
  const lines = rest.split(/^(?=\S)/m)[0]!.replace(/^\s*#.*\n/gm, "");
  const parts = lines.split(/^ {2}(?=\S)/m).filter((part) => part.trim() !== "");
  return new Map(parts.map((part) => [/^[\w-]+/.exec(part)![0], part.replace("<<: *gateway", shared())]));
}

function shared(): string {
  const text = /^x-gateway: &gateway\n((?: {2}.*\n|\n)+)/m.exec(compose)![1]!;
  return text.replace(/^\s*#.*\n/gm, "").replace(/^ {2}/gm, "    ");
}

const services = entries("services");
const service = (name: string) => services.get(name) ?? assert.fail(`there is no service ${name}`);

test("compose.yaml has two gateways, a database and a proxy, and only the proxy can be reached", () => {
  assert.deepEqual([...services.keys()], ["gateway-1", "gateway-2", "migrate", "postgres", "proxy"]);
  const published = [...services].filter(([, text]) => /^ {4}ports:/m.test(text)).map(([name]) => name);
  assert.deepEqual(published, ["proxy"]);
  assert.match(entries("networks").get("inside")!, /internal: true/);
  assert.match(service("postgres"), /networks: \[inside\]/);
  assert.match(service("proxy"), /networks: \[outside\]/);
  assert.match(service("postgres"), /image: \S+postgres:18\.\d+/);
  assert.match(service("postgres"), /healthcheck:\n\s+test: \[CMD, pg_isready, /);
  assert.match(service("postgres"), /- postgres:\/var\/lib\/postgresql\n/);
  for (const name of ["gateway-1", "gateway-2"]) {
    assert.match(service(name), new RegExp(`volumes: \\[${name}:/data\\]`), "a journal of its own");
    assert.match(service(name), /postgres:\n\s+condition: service_healthy/);
    assert.ok(entries("volumes").has(name));
  }
  const { scripts } = JSON.parse(read("package.json"));
  assert.match(scripts.migrate, /src\/main\.ts migrate$/);
  assert.match(service("migrate"), /command: \[migrate\]/);
});

test("each service of compose.yaml may write to its volumes alone, has no capability that it does not name, and its limits", () => {
  for (const [name, text] of services) {
    for (const line of ["read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'])
      assert.ok(text.includes(`    ${line}\n`), `${name}: ${line}`);
    for (const limit of [/mem_limit: \d+[mg]\n/, /cpus: \d+\n/, /pids_limit: \d+\n/])
      assert.match(text, limit, name);
    assert.ok(!/privileged: true|network_mode|docker\.sock/.test(text), name);
  }
  const drain = Number(/drainWithinMs = (\d+)_000/.exec(read("src/shutdown.ts"))![1]);
  assert.ok(Number(/stop_grace_period: (\d+)s/.exec(service("gateway-1"))![1]) > drain);
  const heapMiB = Number(/max-old-space-size=(\d+)/.exec(read("ops/Containerfile"))![1]);
  assert.ok(Number(/mem_limit: (\d+)m/.exec(service("gateway-1"))![1]) > heapMiB);
});

test("what compose.yaml sets are settings, no password stands in it, and env.example names all that it wants", () => {
  const known = new Set(read("src/config.ts").match(/\b[A-Z][A-Z_]{3,}\b/g));
  const set = [...service("gateway-1").matchAll(/^ {6}([A-Z_]+): /gm)].map(([, name]) => name!);
  assert.ok(set.includes("DATABASE_URL") && set.includes("ANTIPHON_SECRET_KEY_FILE"));
  for (const name of set) assert.ok(known.has(name), `src/config.ts knows no ${name}`);
  const [, held] = /ANTIPHON_SECRET_KEY_FILE: \/run\/secrets\/(\S+)/.exec(service("gateway-1"))!;
  assert.match(service("gateway-1"), new RegExp(`secrets: \\[${held}\\]`));
  assert.match(entries("secrets").get(held!)!, /file: \.\/secret-key/);
  for (const [line] of compose.matchAll(/^.*(PASSWORD|API_KEY|:\/\/antiphon:).*$/gm))
    assert.match(line, /\$\{[A-Z_]+:\?[^}]*\}/, "a secret, or one that may be left out");
  const wanted = new Set([...compose.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name!));
  const told = [...read("ops/compose/env.example").matchAll(/^([A-Z_]+)=(.*)$/gm)];
  assert.deepEqual(told.map(([, name]) => name!).toSorted(), [...wanted].toSorted());
  for (const [, name, value] of told) assert.ok(name === "LOG_LEVEL" || value === "", `${name} has a value`);
  const ignored = read(".gitignore").split("\n");
  for (const path of ["ops/compose/.env", "ops/compose/secret-key"]) assert.ok(ignored.includes(path), path);
});

test("the proxy asks each gateway whether it is ready, and passes streams on as they come", () => {
  const caddy = read("ops/compose/Caddyfile").replace(/#.*$/gm, "");
  const [, to] = /reverse_proxy (.*) \{/.exec(caddy)!;
  assert.deepEqual(to!.split(" "), ["gateway-1:8080", "gateway-2:8080"]);
  assert.match(read("ops/Containerfile"), /PORT=8080/);
  assert.match(caddy, /health_uri \/readyz\n/);
  assert.ok(!/flush_interval|buffers|encode|tls_insecure/.test(caddy));
  assert.equal(caddy.match(/\{/g)!.length, caddy.match(/\}/g)!.length);
});

test("what compose.yaml mounts and builds from is there, and the database's script is one", () => {
  const mounted = [...compose.matchAll(/- (\.\/\S+?):/g)].map(([, path]) => path!);
  assert.deepEqual(mounted, ["./database.sh", "./Caddyfile"]);
  for (const path of mounted) assert.ok(existsSync(join(root, "ops/compose", path)), path);
  assert.ok(existsSync(join(root, "ops/compose", "../..", "ops/Containerfile")));
  execFileSync("sh", ["-n", join(root, "ops/compose/database.sh")]);
});

test("docs/operating.md counts the connections that a gateway makes", () => {
  const source = read("src/store/postgres/connection.ts");
  const count = (name: string) => Number(new RegExp(`^const ${name} = (\\d+);`, "m").exec(source)![1]);
  const section = read("docs/operating.md").split("\n### Connections\n")[1]!.split("\n#")[0]!;
  // One writes, one beats, one is for the figures; one more is there for a moment at a start, and one where an answer is missed.
  const used = count("readers") + count("surveyors") + 3;
  assert.equal(Number(/uses up to (\d+) connections/.exec(section)![1]), used);
  const most = Number(/max_connections=(\d+)/.exec(service("postgres"))![1]);
  assert.ok(most >= 3 * (used + 2) + 3 + 10);
});
