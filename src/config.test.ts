import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { isLoopbackHost, loopbackUrl, prepareFolder, readConfig } from "./config.ts";

const config = (env: Record<string, string>) => {
  const read = readConfig(env);
  assert.ok("config" in read, JSON.stringify(read));
  return read.config;
};
const mistakes = (env: Record<string, string>) => {
  const read = readConfig(env);
  assert.ok("mistakes" in read, `${JSON.stringify(env)} was taken`);
  return read.mistakes;
};

test("with no environment every setting has its documented default", () => {
  assert.deepEqual(config({}), {
    port: 8080,
    host: "127.0.0.1",
    simulatorPort: 8081,
    dataDir: resolve("data"),
    databaseUrl: undefined,
    apiKey: undefined,
    secretKey: undefined,
    secretKeyFile: undefined,
    publicUrl: undefined,
    graphVersion: "v25.0",
    trustProxy: false,
    allowPrivateEndpoints: false,
    maxConnections: 4_000,
    maxQueued: 5_000_000,
    maxQueuedPerChannel: 1_000_000,
    maxUnread: 500_000,
    backupFolder: undefined,
    keepBackups: 7,
    retainContentDays: 30,
    retainRecordsDays: 90,
    retainAuditDays: 400,
    tracing: { url: undefined, serviceName: "antiphon", ratio: 1 },
    logLevel: "info",
  });
});

test("every setting is read, and an empty one counts as absent", () => {
  const read = config({
    PORT: "1",
    HOST: "::1",
    SIMULATOR_PORT: "65535",
    ANTIPHON_DATA: "/tmp/elsewhere",
    DATABASE_URL: "postgres://me:secret@%2Frun%2Fpostgresql/shop?sslmode=verify-full",
    ANTIPHON_API_KEY: "0123456789abcdef",
    ANTIPHON_SECRET_KEY_FILE: "/etc/antiphon/key",
    ANTIPHON_PUBLIC_URL: "https://chat.example.com/base/",
    ANTIPHON_GRAPH_VERSION: "v26.0",
    ANTIPHON_TRUST_PROXY: "TRUE",
    ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "1",
    ANTIPHON_MAX_CONNECTIONS: "9",
    ANTIPHON_MAX_QUEUED: "1",
    ANTIPHON_MAX_QUEUED_PER_CHANNEL: "2",
    ANTIPHON_MAX_UNREAD: "1000000000",
    ANTIPHON_BACKUPS: "/backups",
    ANTIPHON_KEEP_BACKUPS: "0",
    ANTIPHON_RETAIN_CONTENT_DAYS: "40",
    ANTIPHON_RETAIN_RECORDS_DAYS: "400",
    ANTIPHON_RETAIN_AUDIT_DAYS: "1",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318/",
    OTEL_SERVICE_NAME: "shop",
    OTEL_TRACES_SAMPLER_ARG: "0.1",
    LOG_LEVEL: "debug",
  });
  assert.deepEqual(read, {
    port: 1,
    host: "::1",
    simulatorPort: 65_535,
    dataDir: "/tmp/elsewhere",
    databaseUrl: "postgres://me:secret@%2Frun%2Fpostgresql/shop?sslmode=verify-full",
    apiKey: "0123456789abcdef",
    secretKey: undefined,
    secretKeyFile: "/etc/antiphon/key",
    publicUrl: "https://chat.example.com/base",
    graphVersion: "v26.0",
    trustProxy: true,
    allowPrivateEndpoints: true,
    maxConnections: 9,
    maxQueued: 1,
    maxQueuedPerChannel: 2,
    maxUnread: 1_000_000_000,
    backupFolder: "/backups",
    keepBackups: 0,
    retainContentDays: 40,
    retainRecordsDays: 400,
    retainAuditDays: 1,
    tracing: { url: "http://127.0.0.1:4318/v1/traces", serviceName: "shop", ratio: 0.1 },
    logLevel: "debug",
  });
  assert.deepEqual(config({ PORT: "", ANTIPHON_API_KEY: "", LOG_LEVEL: "" }), config({}));
  for (const key of ["with a space in between", "schlüssel-schlüssel", "it's 16 or more!"])
    assert.equal(config({ ANTIPHON_API_KEY: key }).apiKey, key);
});

const wrong: [name: string, value: string, sentence: RegExp][] = [
  ["PORT", "0", /^PORT is "0"; it must be a port from 1 to 65535, for example 8080\.$/],
  ["PORT", "65536", /^PORT is "65536"; it must be a port/],
  ["PORT", "80a", /^PORT is "80a"/],
  ["PORT", "-1", /^PORT is "-1"/],
  ["PORT", "8080.5", /^PORT is "8080\.5"/],
  ["PORT", " 8080", /^PORT is " 8080"/],
  ["PORT", "0x50", /^PORT is "0x50"/],
  ["PORT", "1e3", /^PORT is "1e3"/],
  ["SIMULATOR_PORT", "no", /^SIMULATOR_PORT is "no"; it must be a port from 1 to 65535, for example 8081\.$/],
  [
    "HOST",
    "not a host",
    /^HOST is "not a host"; it must be an address to listen on, for example 127\.0\.0\.1\.$/,
  ],
  ["HOST", "http://127.0.0.1", /^HOST is /],
  ["ANTIPHON_API_KEY", "fifteen-chars--", /^ANTIPHON_API_KEY must be 16 or more characters/],
  ["ANTIPHON_API_KEY", "a line\nand another", /^ANTIPHON_API_KEY must be .*without line breaks/],
  ["ANTIPHON_API_KEY", " a space at an end ", /^ANTIPHON_API_KEY must be .*no space at either end/],
  ["ANTIPHON_PUBLIC_URL", "chat.example.com", /^ANTIPHON_PUBLIC_URL is .*a URL, for example https:/],
  [
    "ANTIPHON_GRAPH_VERSION",
    "26",
    /^ANTIPHON_GRAPH_VERSION is .*a version of Meta's Graph API, for example v/,
  ],
  ["ANTIPHON_PUBLIC_URL", "ftp://example.com", /^ANTIPHON_PUBLIC_URL is /],
  ["ANTIPHON_PUBLIC_URL", "https://example.com/?a=1", /^ANTIPHON_PUBLIC_URL is /],
  ["ANTIPHON_PUBLIC_URL", "https://me@example.com/", /^ANTIPHON_PUBLIC_URL is /],
  ["ANTIPHON_TRUST_PROXY", "maybe", /^ANTIPHON_TRUST_PROXY is "maybe"; it must be true or false\.$/],
  [
    "ANTIPHON_ALLOW_PRIVATE_ENDPOINTS",
    "2",
    /^ANTIPHON_ALLOW_PRIVATE_ENDPOINTS is "2"; it must be true or false\.$/,
  ],
  [
    "DATABASE_URL",
    "mysql://me:SECRET@host/shop",
    /^DATABASE_URL must be the URL of a PostgreSQL database: p/,
  ],
  ["DATABASE_URL", "postgresql://me:SECRET@host", /^DATABASE_URL must be /],
  ["DATABASE_URL", "postgresql://me:SECRET@host/a b", /^DATABASE_URL must be /],
  ["LOG_LEVEL", "loud", /^LOG_LEVEL is "loud"; it must be one of silent, error, warn, info, debug\.$/],
];

for (const [name, value, sentence] of wrong)
  test(`${name}=${JSON.stringify(value)} is refused with one sentence that says what to give`, () => {
    const [only, ...others] = mistakes({ [name]: value });
    assert.match(only ?? "", sentence);
    assert.deepEqual(others, []);
  });

test("all mistakes are told at once", () => {
  const told = mistakes({ PORT: "x", SIMULATOR_PORT: "y", LOG_LEVEL: "z", ANTIPHON_TRUST_PROXY: "q" });
  assert.equal(told.length, 4);
});

test("a wrong key is not shown", () => {
  assert.doesNotMatch(mistakes({ ANTIPHON_API_KEY: "hunter2" }).join(), /hunter2/);
});

test("records that would go before their content are refused where somebody names them", () => {
  const days = (content: string, records: string) =>
    mistakes({ ANTIPHON_RETAIN_CONTENT_DAYS: content, ANTIPHON_RETAIN_RECORDS_DAYS: records });
  assert.match(
    days("30", "5").join(),
    /kept for 5 days and content for 30 days.*at least as long as content/,
  );
  assert.match(days("0", "90").join(), /content for ever/);
  assert.match(days("", "29").join(), /content for 30 days/);
  const kept = (content: string, records: string) => {
    const { retainContentDays, retainRecordsDays } = config({
      ANTIPHON_RETAIN_CONTENT_DAYS: content,
      ANTIPHON_RETAIN_RECORDS_DAYS: records,
    });
    return [retainContentDays, retainRecordsDays];
  };
  assert.deepEqual(
    [kept("30", "30"), kept("0", "0"), kept("180", "")],
    [
      [30, 30],
      [0, 0],
      [180, 90],
    ],
  );
});

test("one port for gateway and simulator is refused", () => {
  assert.match(mistakes({ PORT: "9000", SIMULATOR_PORT: "9000" }).join(), /both 9000/);
  assert.match(mistakes({ PORT: "8081" }).join(), /both 8081/);
});

test("loopback is this machine and nothing else", () => {
  for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1"]) assert.equal(isLoopbackHost(host), true);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.example.com", "localhost.example.com"])
    assert.equal(isLoopbackHost(host), false, host);
});

test("the data folder is made for its owner alone, and one that cannot be is told in a sentence", () => {
  const parent = mkdtempSync(join(tmpdir(), "antiphon-config-"));
  try {
    const made = join(parent, "a", "b");
    assert.equal(prepareFolder(made), undefined);
    assert.equal(statSync(made).mode & 0o777, 0o700);
    chmodSync(made, 0o700);
    assert.equal(prepareFolder(made), undefined, "it may be there already");
    const file = join(parent, "file");
    writeFileSync(file, "");
    for (const path of [file, join(file, "below")])
      assert.match(
        prepareFolder(path) ?? "",
        /^The folder \S+ cannot be written \(E[A-Z]+\)\. Set ANTIPHON_DATA to /,
      );
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test("an address for all interfaces is called at loopback, and one of IPv6 in brackets", () => {
  assert.equal(loopbackUrl("127.0.0.1", 8080), "http://127.0.0.1:8080");
  assert.equal(loopbackUrl("localhost", 1), "http://localhost:1");
  assert.equal(loopbackUrl("0.0.0.0", 8080), "http://127.0.0.1:8080");
  assert.equal(loopbackUrl("::", 8080), "http://[::1]:8080");
  assert.equal(loopbackUrl("::1", 8080), "http://[::1]:8080");
  assert.equal(loopbackUrl("fd00::7", 8080), "http://[fd00::7]:8080");
});
