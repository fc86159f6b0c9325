import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as ask, createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { eventually } from "../support/eventually.ts";
import { Image } from "../support/image.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { freePort, send } from "../support/stack.ts";

const databases = await postgresDatabases();
const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "antiphon-compose-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What compose.yaml sets at each gateway, with a filled `.env` and what else it names on this machine. */
function settings(instead: Record<string, string>): Record<string, string> {
  const compose = readFileSync(join(root, "ops/compose/compose.yaml"), "utf8");
  const block = /^ {2}environment:\n((?: {4}\S.*\n)+)/m.exec(compose)![1]!;
  const filled = { ANTIPHON_HOST: "chat.example.com", ANTIPHON_API_KEY: randomBytes(32).toString("hex") };
  const set = [...block.matchAll(/^ {4}(\w+): "?(.*?)"?$/gm)].map(([, name, value]) => {
    const text = value!.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, key: string, how, otherwise) =>
      key in filled ? filled[key as keyof typeof filled] : how === "-" ? otherwise : "x",
    );
    return [name!, text];
  });
  for (const name of Object.keys(instead))
    assert.ok(
      set.some(([one]) => one === name),
      name,
    );
  return { ...Object.fromEntries(set), ...instead };
}

/** In the place of Caddy: to whoever is ready, in turn, and to the next where no connection could be made. */
function proxyOf(ports: number[]): Server {
  let turn = 0;
  return createServer((incoming, outgoing) => {
    const headers = {
      ...incoming.headers,
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-proto": "https",
    };
    const pass = (left: number) => {
      const port = ports[turn++ % ports.length]!;
      const { method, url: path } = incoming;
      const onward = ask({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      onward.once("error", () => (left > 0 ? pass(left - 1) : outgoing.writeHead(502).end()));
      onward.end(body);
    };
    const chunks: Buffer[] = [];
    let body: Buffer;
    incoming
      .on("data", (chunk) => chunks.push(chunk))
      .on("end", () => {
        body = Buffer.concat(chunks);
        pass(ports.length);
      });
  });
}

test("what the image holds runs as compose.yaml says: two gateways behind a proxy, each with the console, and one goes on alone", async () => {
  await using image = new Image();
  const held = join(folder, "secret-key");
  writeFileSync(held, randomBytes(32).toString("base64"), { mode: 0o600 });
  const env = settings({ DATABASE_URL: await databases.create(), ANTIPHON_SECRET_KEY_FILE: held });
  const ports = [await freePort(), await freePort()];
  const gateways = ports.map((port) =>
    image.run({ ...env, HOST: "127.0.0.1", PORT: String(port), ANTIPHON_DATA: join(folder, String(port)) }),
  );
  const key = { authorization: `Bearer ${env.ANTIPHON_API_KEY}` };
  const proxy = proxyOf(ports).listen(0, "127.0.0.1");
  try {
    for (const [n, port] of ports.entries())
      await eventually(`gateway ${n + 1}`, async () => {
        assert.equal(gateways[n]!.exitCode, null, image.said);
        const answer = await send(`http://127.0.0.1:${port}/readyz`, "GET", undefined, {}).catch(
          () => undefined,
        );
        return answer?.status === 200 || undefined;
      });
    for (const port of ports) {
      const page = await send(`http://127.0.0.1:${port}/`, "GET", undefined, { accept: "text/html" });
      const [script] = /\/assets\/[\w.-]+\.js/.exec(page.text) ?? assert.fail(page.text);
      assert.equal((await send(`http://127.0.0.1:${port}${script}`, "GET", undefined, {})).status, 200);
    }
    const address = proxy.address() as { port: number };
    const url = `http://127.0.0.1:${address.port}`;
    const wish = { name: "Shop", scopes: ["read"] };
    const made = await send(`${url}/v1/keys`, "POST", wish, key);
    assert.equal(made.status, 201, made.text);
    const theirs = { authorization: `Bearer ${made.json.key}` };
    for (const port of ports)
      await eventually("the new key", async () => {
        const me = await send(`http://127.0.0.1:${port}/v1/me`, "GET", undefined, theirs);
        return me.status === 200 || undefined;
      });
    const health = /CMD (\["node_modules.*\])/.exec(
      readFileSync(join(root, "ops/Containerfile"), "utf8"),
    )![1]!;
    const [file, ...args] = JSON.parse(health) as [string, ...string[]];
    const options = { cwd: image.folder, env: { PORT: String(ports[1]) } };
    await promisify(execFile)(join(image.folder, file), args, options);
    gateways[0]!.kill("SIGKILL");
    for (let n = 0; n < 4; n++)
      assert.equal((await send(`${url}/v1/me`, "GET", undefined, theirs)).status, 200);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});
