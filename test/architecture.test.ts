import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

interface Layer {
  /** Folders or files of src/ that may be imported; `type ` in front: types alone. */
  imports: string[];
  /** `node:` modules, and which files may use them; absent: any file may. */
  node?: RegExp;
  forbids?: { pattern: RegExp; why: string }[];
}

const clocks = {
  pattern: /\bDate\.now\(|new Date\(\)|Math\.random\(|setTimeout\(|setInterval\(|\bprocess\./,
  why: "no clock, chance or process",
};
const sql = { pattern: /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+\w/, why: "SQL lives in store/" };
const platformNames = { pattern: /["'`](whatsapp|telegram)["'`]/, why: "no platform by name" };

/** The table of docs/architecture.md, executed. */
const layers: Record<string, Layer> = {
  core: { imports: [], node: /^$/, forbids: [clocks, sql] },
  platforms: {
    imports: ["core"],
    node: /access\.ts$|meta\/signature\.ts$|\/simulator(\/|\.ts$)/,
    forbids: [sql],
  },
  store: { imports: ["core"], forbids: [{ pattern: /\b(fastify|undici)\b/, why: "nothing about HTTP" }] },
  cloud: { imports: ["core", "platforms/whatsapp/wire.ts"], node: /^$/, forbids: [clocks, sql] },
  gateway: {
    imports: ["core", "platforms", "cloud", "type store"],
    forbids: [sql, { pattern: /\bfastify\b/, why: "no HTTP framework" }],
  },
  http: { imports: ["core", "gateway", "cloud", "type store"], forbids: [sql, platformNames] },
  simulator: { imports: ["core", "platforms/*/simulator", "platforms/*/wire.ts"] },
  cli: { imports: ["client", "core", "simulator", "main.ts"], forbids: [sql] },
};

interface Import {
  from: string;
  to: string;
  isType: boolean;
}

function sources(folder: string): string[] {
  return globSync(`src/${folder}/**/*.ts`, { cwd: root })
    .filter((file) => !file.includes("/fixtures/"))
    .sort();
}

const isTest = (file: string) => /\.test\.ts$|conformance\.ts$|\/rig\.ts$/.test(file);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s+)?[^;]*?from\s+"([^"]+)"|import\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, type, to, dynamic]) => ({
    from: file,
    to: (to ?? dynamic)!,
    isType: Boolean(type),
  }));
}

/** Where a relative import leads, from src/ on. */
function target({ from, to }: Import): string {
  return relative(join(root, "src"), join(root, dirname(from), to));
}

function isAllowed(one: Import, folder: string, layer: Layer): boolean {
  const to = target(one);
  if (to.startsWith(`${folder}/`)) return true;
  return layer.imports.some((allowed) => {
    const path = allowed.replace(/^type /, "");
    if (allowed.startsWith("type ") && !one.isType) return false;
    const pattern = new RegExp(`^${path.replaceAll(".", "\\.").replaceAll("*", "[^/]+")}(/|\\.ts$|$)`);
    return pattern.test(to);
  });
}

for (const [folder, layer] of Object.entries(layers)) {
  const files = sources(folder).filter((file) => !isTest(file));
  const imports = files.flatMap(importsOf);

  test(`${folder} imports only what the table allows`, () => {
    assert.ok(files.length > 0, `src/${folder} is empty`);
    const wrong = imports
      .filter((one) => one.to.startsWith("."))
      .filter((one) => !isAllowed(one, folder, layer));
    assert.deepEqual(
      wrong.map((one) => `${one.from} -> ${target(one)}`),
      [],
    );
  });

  if (layer.node) {
    test(`${folder} uses Node's modules only where it may`, () => {
      const wrong = imports.filter((one) => one.to.startsWith("node:") && !layer.node!.test(one.from));
      assert.deepEqual(
        wrong.map((one) => `${one.from} -> ${one.to}`),
        [],
      );
    });
  }

  for (const { pattern, why } of layer.forbids ?? []) {
    test(`${folder}: ${why}`, () => {
      const wrong = files.filter((file) =>
        pattern.test(withoutComments(readFileSync(join(root, file), "utf8"))),
      );
      assert.deepEqual(wrong, []);
    });
  }
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

test("a platform's simulator shares no rule with what it judges", () => {
  const files = [...sources("platforms"), ...sources("simulator")].filter(
    (file) => /\/simulator(\/|\.ts$)/.test(file) && !isTest(file),
  );
  const shared = /(render|parse|interpret|capabilities|compose|limits|validate|normalise|sizes)\.ts$/;
  const wrong = files
    .flatMap(importsOf)
    .filter((one) => one.to.startsWith(".") && shared.test(one.to) && !target(one).includes("/simulator/"));
  assert.deepEqual(
    wrong.map((one) => `${one.from} -> ${target(one)}`),
    [],
  );
});

test("no file imports in a circle", () => {
  const graph = new Map<string, string[]>();
  for (const file of globSync("src/**/*.ts", { cwd: root }).filter((one) => !isTest(one))) {
    const to = importsOf(file).filter((one) => one.to.startsWith(".") && !one.isType);
    graph.set(relative("src", file), to.map(target));
  }
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  assert.deepEqual(circles, []);
});

test("files stay short and names say what is inside", () => {
  const files = globSync("src/**/*.ts", { cwd: root }).filter((file) => !/\/fixtures\/|wire\.ts$/.test(file));
  const long = files.filter((file) => {
    const max = isTest(file) ? 700 : 300;
    return readFileSync(join(root, file), "utf8").split("\n").length - 1 > max;
  });
  assert.deepEqual(long, []);
  const vague = files.filter((file) =>
    /\/(utils?|helpers?|common|misc|types|constants|manager|service|base)\.ts$/.test(file),
  );
  assert.deepEqual(vague, []);
});
