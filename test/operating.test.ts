import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loggedFields, logLines } from "../scripts/log-lines.ts";
import { file, operatingDocument, seriesNames } from "../scripts/metrics.ts";
import { counters, timers } from "../src/core/meter.ts";
import { gauges } from "../src/http/gauges.ts";
import { Metrics } from "../src/http/metrics.ts";
import { loggable } from "../src/log-fields.ts";

test("docs/operating.md tells every metric; scripts/metrics.ts --write makes its table anew", () => {
  const text = readFileSync(file, "utf8");
  assert.equal(text, operatingDocument(text));
});

test("docs/operating.md tells every line that may be logged, with its level, and no other", () => {
  const section = readFileSync(file, "utf8").split("\n## The log\n")[1]!.split("\n## ")[0]!;
  const told = [...section.matchAll(/^\| (info|warn|error) \| `([^`]+)` \|/gm)].map(
    ([, level, message]) => `${level} ${message}`,
  );
  const real = [...new Set(logLines().map(({ level, message }) => `${level} ${message}`))];
  assert.ok(real.length > 50, "the sources log in another way now");
  assert.deepEqual(told.toSorted(), real.toSorted());
});

test("every field that is logged is listed with its kind", () => {
  const unlisted = loggedFields().filter(
    (name) => Object.values(loggable({ [name]: 1 }))[0] === "[not listed]",
  );
  assert.deepEqual(unlisted, []);
});

const ops = (path: string) => readFileSync(join(import.meta.dirname, "..", "ops", path), "utf8");
const dashboard = JSON.parse(ops("grafana/antiphon.json"));
const alerts = ops("prometheus/alerts.yaml");

function queries(): { of: string; text: string }[] {
  const panels = dashboard.panels as { title: string; targets?: { expr: string }[] }[];
  const drawn = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ of: title, text: expr })),
  );
  const told = [...alerts.matchAll(/- alert: (\w+)\n\s+expr: (.+)/g)].map(([, name, expr]) => ({
    of: name!,
    text: expr!,
  }));
  return [...drawn, ...told];
}

/** Labels by metric, a histogram under its own name. */
const labelled: Record<string, { labels: readonly string[] }> = { ...counters, ...timers, ...gauges };

test("every query of the dashboard and of the alerts names metrics and labels that exist, and none of ours is forgotten", async () => {
  const registered = await new Metrics().registry.getMetricsAsJSON();
  const known = new Set([...seriesNames(), ...registered.map(({ name }) => name)]);
  const asked = new Set<string>();
  for (const { of, text } of queries()) {
    const names = text.match(/\b(antiphon|nodejs|process)_\w+/g) ?? [];
    assert.ok(names.length > 0, `${of} asks for nothing`);
    for (const name of names) {
      assert.ok(known.has(name), `${of}: there is no ${name}`);
      asked.add(name.replace(/_(bucket|sum|count)$/, ""));
    }
    const labels = names.flatMap((name) => labelled[name.replace(/_(bucket|sum|count)$/, "")]?.labels ?? []);
    const used = [...text.matchAll(/(?:by|on) \(([^)]*)\)|\{([^}]*)\}/g)].flatMap(([, by, given]) =>
      by !== undefined ? by.split(/, */) : [...given!.matchAll(/(\w+)\s*[=!]/g)].map(([, label]) => label!),
    );
    for (const label of used)
      assert.ok(label === "le" || labels.includes(label), `${of}: there is no label ${label}`);
  }
  assert.deepEqual(
    Object.keys(labelled).filter((name) => !asked.has(name)),
    [],
  );
});

test("every alert has its severity and its runbook in docs/operating.md, and every runbook its alert", () => {
  const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);
  const told = [...readFileSync(file, "utf8").matchAll(/^### (Antiphon\w+)$/gm)].map(([, name]) => name!);
  assert.deepEqual(told, names);
  assert.equal([...alerts.matchAll(/severity: (page|ticket)\}/g)].length, names.length);
  assert.equal([...alerts.matchAll(/annotations: \{summary: ./g)].length, names.length);
});

test("the systemd unit is one that systemd takes, and gives a drain its time", () => {
  const unit = ops("systemd/antiphon.service");
  const drain = Number(
    /drainWithinMs = (\d+)_000/.exec(
      readFileSync(join(import.meta.dirname, "../src/shutdown.ts"), "utf8"),
    )![1],
  );
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)![1]) > drain);
  for (const line of [
    "DynamicUser=yes",
    "StateDirectory=antiphon",
    "Restart=always",
    "ProtectSystem=strict",
    "NoNewPrivileges=yes",
    "KillSignal=SIGTERM",
  ])
    assert.ok(unit.includes(`\n${line}\n`), line);
  assert.ok(unit.includes(flagsOfServe()), "the unit starts Node.js as npm run serve does");
  if (spawnSync("systemd-analyze", ["--version"]).error) return;
  const folder = mkdtempSync(join(tmpdir(), "antiphon-unit-"));
  try {
    const copy = join(folder, "antiphon.service");
    writeFileSync(copy, unit.replace("/opt/antiphon/node_modules/.bin/node", process.execPath));
    const { stderr, status } = spawnSync("systemd-analyze", ["verify", "--man=no", copy], {
      encoding: "utf8",
    });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The flags of package.json's `serve`. */
function flagsOfServe(): string {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
  return /exec node (.*src\/main\.ts serve)/.exec(scripts.serve)![1]!;
}

test("the container file runs as nobody's user, on pinned images, with a health check, and copies only what is there", () => {
  const text = ops("Containerfile");
  const stages = text.split(/^FROM /m).slice(1);
  assert.equal(stages.length, 2);
  for (const stage of stages) assert.match(stage, /^\S+:\d+\.\d+\S*/, "a tag that moves");
  const last = stages.at(-1)!;
  assert.match(last, /^USER 10001:10001$/m);
  assert.match(last, /^HEALTHCHECK (.|\\\n)*\/healthz/m);
  assert.match(last, /^VOLUME \/data$/m);
  assert.ok(!/^(ADD|RUN .*(curl|wget|apt-get))/m.test(text));
  assert.match(stages[0]!, /npm ci --omit=dev/);
  const [, entry] = /^ENTRYPOINT (.*)$/m.exec(last)!;
  const [, ...given] = JSON.parse(entry!) as string[];
  assert.equal([...given, "serve"].join(" "), flagsOfServe());
  const root = join(import.meta.dirname, "..");
  for (const [, from] of text.matchAll(/^COPY (?!--from)(.*)$/gm))
    for (const path of from!.split(" ").slice(0, -1)) assert.ok(existsSync(join(root, path)), path);
  const health = JSON.parse(/CMD (\["node_modules.*\])/.exec(last)![1]!) as string[];
  assert.doesNotThrow(() => execFileSync(process.execPath, ["--check", "-"], { input: health[2]! }));
});
