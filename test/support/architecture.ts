import { dirname, join, relative } from "node:path";

/** A source as the checker sees it: its path from the root of the repository, and what is in it. */
export interface Source {
  file: string;
  text: string;
}

interface Layer {
  /** Folders or files of src/ that may be imported; `type ` in front: types alone. */
  imports: string[];
  /** Packages of node_modules. */
  packages: string[];
  /** `node:` modules by the files that may use them; absent: any file may use any. */
  node?: { files: RegExp; modules: RegExp }[];
  forbids: Ban[];
}

interface Ban {
  pattern: RegExp;
  why: string;
  /** Files that the ban spares. */
  spares?: RegExp;
}

const isSimulator = /^src\/(simulator\/|platforms\/[^/]+\/simulator(\/|\.ts$))/;

const effects: Ban = {
  pattern:
    /\bDate\.now\b|\bnew Date(\(\s*\)|(?!\s*\())|(?<!new )\bDate\(|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\bprocess[.[]|\bperformance[.[]|\brandom(Bytes|UUID|Int)\b|\bgetRandomValues\b|(?<![.\w])fetch\(|\bconsole\./,
  why: "no clock, chance, process or network",
};
const sql: Ban = { pattern: /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+\w/, why: "SQL lives in store/" };
const platformNames: Ban = {
  pattern: /["'`](whatsapp|telegram|messenger|instagram|meta)["'`]/,
  why: "no platform by name",
};
const nowhere: Layer["node"] = [];

/** The table of docs/architecture.md, executed. */
export const layers: Record<string, Layer> = {
  core: { imports: [], packages: ["zod"], node: nowhere, forbids: [effects, sql] },
  platforms: {
    imports: ["core"],
    packages: [],
    node: [
      { files: /\/access\.ts$|\/meta\/signature\.ts$/, modules: /^node:crypto$/ },
      { files: isSimulator, modules: /^node:/ },
    ],
    forbids: [{ ...effects, spares: isSimulator }, sql],
  },
  store: { imports: ["core"], packages: ["pg"], forbids: [] },
  cloud: {
    imports: ["core", "platforms/whatsapp/wire.ts"],
    packages: [],
    node: nowhere,
    forbids: [effects, sql],
  },
  gateway: {
    imports: ["core", "platforms", "cloud", "type store"],
    packages: ["undici"],
    forbids: [sql, platformNames],
  },
  http: {
    imports: ["core", "gateway", "cloud", "type store"],
    packages: ["fastify", "zod", "prom-client"],
    forbids: [sql, platformNames],
  },
  simulator: {
    imports: ["core", "platforms/*/simulator", "platforms/*/wire.ts"],
    packages: ["undici"],
    forbids: [],
  },
  cli: {
    imports: ["client", "core", "simulator", "config.ts", "main.ts"],
    packages: ["undici"],
    forbids: [sql],
  },
};

/** The rooms of gateway/, and what each may call of the others; what lies in gateway/ itself is for all, and calls none. */
export const rooms: Record<string, string[]> = {
  access: [],
  nodes: [],
  connecting: [],
  sending: ["nodes", "connecting"],
  receiving: ["nodes", "connecting"],
  delivering: ["nodes"],
  keeping: ["nodes"],
};

/** Calls from room to room that the plan of gateway/ does not have; types may be told anywhere. */
export function roomBreaches(sources: Source[]): string[] {
  const roomOf = (path: string) => /^gateway\/([^/]+)\//.exec(path)?.[1];
  return sources
    .filter(({ file }) => file.startsWith("src/gateway/") && !isTest(file))
    .flatMap(importsOf)
    .filter(({ file, path, isType }) => {
      const to = path === undefined ? undefined : roomOf(path);
      const from = roomOf(relative("src", file));
      if (to === undefined || isType || to === from) return false;
      return from === undefined || !rooms[from]?.includes(to);
    })
    .map(({ file, to }) => `${file} -> ${to}`);
}

/** What platform and simulator may both know: shapes and the workings of the process, never a rule. */
const sharedWithSimulators =
  /^core\/(json|simulation|problem|clock|log)\.ts$|^type core\/(message|platform)\.ts$/;

function isTest(file: string): boolean {
  return /\.test\.ts$|conformance\.ts$|\/rig\.ts$/.test(file);
}

/** Everything in which the layer `folder` breaks its row of the table, a line each. */
export function breaches(folder: string, sources: Source[]): string[] {
  const layer = layers[folder]!;
  const mine = sources.filter(({ file }) => file.startsWith(`src/${folder}/`) && !isTest(file));
  return mine.flatMap((source) => [
    ...importsOf(source)
      .filter((one) => !isAllowed(one, folder, layer))
      .map(({ file, to }) => `${file} -> ${to}`),
    ...layer.forbids
      .filter(
        ({ spares, pattern }) => !spares?.test(source.file) && pattern.test(withoutComments(source.text)),
      )
      .map(({ why }) => `${source.file}: ${why}`),
  ]);
}

/** Imports through which a simulator would share a mistake with the code that it judges. */
export function sharedRules(sources: Source[]): string[] {
  const theirs = sources.filter(({ file }) => isSimulator.test(file) && !isTest(file));
  return theirs
    .flatMap(importsOf)
    .filter((one) => one.path !== undefined && !isSimulators(one))
    .map(({ file, to }) => `${file} -> ${to}`);
}

function isSimulators({ file, path, isType }: Import): boolean {
  if (sharedWithSimulators.test(`${isType ? "type " : ""}${path}`) || sharedWithSimulators.test(path!))
    return true;
  const platform = /^src\/platforms\/([^/]+)\//.exec(file)?.[1];
  if (!platform) return /^simulator\/|^platforms\/[^/]+\/(wire|simulator)\.ts$/.test(path!);
  // Meta's three speak to one Graph API, of which there is one simulation.
  if (/^(whatsapp|messenger|instagram)$/.test(platform) && path!.startsWith("platforms/meta/simulator/"))
    return true;
  const own = `platforms/${platform}/`;
  return path!.startsWith(own) && /^(wire\.ts|simulator(\/.*|\.ts))$/.test(path!.slice(own.length));
}

/** Circles of imports that exist at run time; types may refer to each other. */
export function circles(sources: Source[]): string[] {
  const graph = new Map<string, string[]>();
  for (const source of sources.filter(({ file }) => !isTest(file))) {
    const next = importsOf(source).filter(({ isType }) => !isType);
    graph.set(
      relative("src", source.file),
      next.flatMap(({ path }) => path ?? []),
    );
  }
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: string[]) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

/** What a file leads to, through all that it imports, outside the sources: packages and modules of Node.js. */
export function reached(file: string, sources: Source[]): string[] {
  const byPath = new Map(sources.map((source) => [relative("src", source.file), source]));
  const seen = new Set<string>();
  const outside = new Set<string>();
  const visit = (path: string) => {
    const source = byPath.get(path);
    if (!source || seen.has(path)) return;
    seen.add(path);
    for (const one of importsOf(source).filter(({ isType }) => !isType)) {
      if (one.path) visit(one.path);
      else outside.add(one.to);
    }
  };
  visit(file);
  return [...outside].sort();
}

/** Files that are too long, or whose name does not say what is inside. */
export function misshapen(sources: Source[]): string[] {
  const vague = /\/(utils?|helpers?|common|misc|types|constants|manager|service|base)\.tsx?$/;
  return sources
    .filter(({ file }) => !/\/fixtures\/|\/wire\.ts$/.test(file))
    .flatMap(({ file, text }) => {
      const lines = text.split("\n").length - 1;
      const tooLong = lines > (isTest(file) ? 700 : 300) ? [`${file}: ${lines} lines`] : [];
      return vague.test(file) ? [...tooLong, `${file}: says nothing`] : tooLong;
    });
}

const ofConsole = /^\.\.\/console\/src\//;
/** What draws, and pure data of it. */
const drawnWith =
  /^(core\/|platforms\/pictures\.ts$|platforms\/meta\/graph-versions\.ts$|platforms\/[^/]+\/(render|capabilities)\.ts$)/;

/** Everything in which the console breaks its row of the table. `packages`: of its own package.json. */
export function consoleBreaches(sources: Source[], packages: readonly string[]): string[] {
  return sources
    .filter(({ file }) => !isTest(file))
    .flatMap(importsOf)
    .filter(({ to, path, isType }) => {
      // A type leaves nothing in the build.
      if (isType && path === undefined && !to.startsWith("node:")) return false;
      if (path !== undefined) return !ofConsole.test(path) && !drawnWith.test(path);
      const [scope, name] = to.split("/");
      return !packages.includes(to.startsWith("@") ? `${scope}/${name}` : scope!);
    })
    .map(({ file, to }) => `${file} -> ${to}`);
}

/** Words that stand in the markup of a component, or in what it says of itself, instead of among the texts. */
export function literalWords({ file, text }: Source): string[] {
  const code = withoutComments(text);
  const between = />\s*([^<>{}=;()]*[A-Za-z]{2}[^<>{}=;()]*)<\//g;
  const named = /\b(?:label|title|placeholder|alt|help|aria-label|subtitle)="([^"]*[A-Za-z]{2}[^"]*)"/g;
  return [...code.matchAll(between), ...code.matchAll(named)].map(([, words]) => `${file}: ${words!.trim()}`);
}

interface Import {
  file: string;
  /** As it is written, or, for a file of ours, where it leads from src/ on. */
  to: string;
  /** For a file of ours: the same as `to`. */
  path?: string;
  isType: boolean;
}

const statement =
  /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?\s*from\s*)?["']([^"']+)["']|\bimport\(\s*["'`]([^"'`]+)["'`]\s*[,)]|\brequire\(\s*["'`]([^"'`]+)["'`]/gm;

function importsOf({ file, text }: Source): Import[] {
  return [...withoutComments(text).matchAll(statement)].map(([, type, static_, dynamic, required]) => {
    const to = (static_ ?? dynamic ?? required)!;
    const path = to.startsWith(".") ? relative("src", join(dirname(file), to)) : undefined;
    return { file, to: path ?? to, path, isType: Boolean(type) };
  });
}

function isAllowed(one: Import, folder: string, layer: Layer): boolean {
  if (one.to.startsWith("node:")) {
    return (
      !layer.node || layer.node.some(({ files, modules }) => files.test(one.file) && modules.test(one.to))
    );
  }
  if (one.path === undefined) return layer.packages.includes(one.to);
  const { path } = one;
  if (path.startsWith(`${folder}/`)) return true;
  return layer.imports.some((allowed) => {
    if (allowed.startsWith("type ") && !one.isType) return false;
    const place = allowed
      .replace(/^type /, "")
      .replaceAll(".", "\\.")
      .replaceAll("*", "[^/]+");
    return new RegExp(`^${place}(/|\\.ts$|$)`).test(path);
  });
}

/** Strings and regular expressions are stepped over, for they may hold what looks like a comment. */
const tokens =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[(,=:[!&|?{};>]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

function withoutComments(text: string): string {
  return text.replace(tokens, (_all, kept: string | undefined) => kept ?? "");
}

/** What is executed: without comments, and nothing of what strings but those of imports say. */
export function codeOf(text: string): string {
  return text.replace(tokens, (_all, kept: string | undefined, at: number) => {
    if (kept === undefined) return "";
    if (kept.startsWith("/")) return "/./";
    return text.slice(0, at).endsWith(" from ") ? kept : '""';
  });
}
