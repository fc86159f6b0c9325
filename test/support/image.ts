import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, matchesGlob, relative, resolve } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const place = "/opt/antiphon/";

/**
 * What `ops/Containerfile` puts into an image, laid out in a folder without a container: its `COPY` lines, with what
 * the build leaves out, and the lines that run this project's own scripts. `npm ci` is what is installed here already.
 */
export class Image {
  /** Of the last stage. */
  readonly folder: string;
  readonly #root: string;
  #said = "";
  readonly #started = new Set<ChildProcess>();
  readonly #env: Record<string, string> = {};
  readonly #command: string[];

  constructor() {
    this.#root = mkdtempSync(join(tmpdir(), "antiphon-image-"));
    const text = readFileSync(join(root, "ops/Containerfile"), "utf8").replaceAll("\\\n", " ");
    const stages = text.split(/^FROM /m).slice(1);
    const folders = new Map(
      stages.map((stage, n) => [/ AS (\w+)/.exec(stage)?.[1] ?? String(n), join(this.#root, String(n))]),
    );
    this.folder = [...folders.values()].at(-1)!;
    try {
      for (const [n, stage] of stages.entries()) build(stage, join(this.#root, String(n)), folders);
    } catch (error) {
      rmSync(this.#root, { recursive: true, force: true });
      throw error;
    }
    const last = stages.at(-1)!;
    this.#command = ["ENTRYPOINT", "CMD"].flatMap((word) =>
      JSON.parse(new RegExp(`^${word} (.*)$`, "m").exec(last)![1]!),
    );
    for (const [, name, value] of /^ENV (.*)$/m.exec(last)![1]!.matchAll(/(\w+)=(\S+)/g))
      this.#env[name!] = value!;
  }

  /** What those that were run said last of what is wrong. */
  get said(): string {
    return this.#said;
  }

  /** What a container of it would run, with these settings. */
  run(env: Record<string, string>): ChildProcess {
    const [file, ...args] = this.#command;
    const child = spawn(join(this.folder, file!), args, {
      cwd: this.folder,
      env: { PATH: process.env.PATH, ...this.#env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-4_000);
    });
    this.#started.add(child);
    return child;
  }

  /** Ends what was run, and removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#started) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function build(stage: string, folder: string, stages: ReadonlyMap<string, string>): void {
  mkdirSync(folder);
  for (const [, word, rest] of stage.matchAll(/^(COPY|RUN) (.*)$/gm)) {
    if (word === "COPY") copy(rest!, folder, stages);
    else if (rest!.startsWith("npm ci"))
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    else if (rest!.startsWith("node_modules/.bin/node"))
      execFileSync(join(folder, "node_modules/.bin/node"), rest!.split(" ").slice(1), {
        cwd: folder,
        stdio: "pipe",
      });
  }
}

function copy(words: string, folder: string, stages: ReadonlyMap<string, string>): void {
  const [, stage, paths] = /^(?:--from=(\w+) )?(.*)$/.exec(words)!;
  const given = paths!.split(" ");
  const to = given.pop()!;
  const from = stage === undefined ? root : stages.get(stage)!;
  for (const path of given) {
    const source = join(from, path.replace(place, ""));
    // Of a folder what is in it, of a file the file.
    const name = statSync(source).isDirectory() ? "" : basename(source);
    const filter = (one: string) => stage !== undefined || isSent(relative(root, one));
    cpSync(source, resolve(folder, to, name), { recursive: true, filter, verbatimSymlinks: true });
  }
}

const ignored = readFileSync(join(root, "ops/Containerfile.dockerignore"), "utf8").trim().split("\n");

/** By the last line that fits: what the build hands over at all. */
function isSent(path: string): boolean {
  const fits = (line: string) => {
    const pattern = line.replace("!", "");
    const isWithin = matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`);
    return isWithin || (line.startsWith("!") && pattern.startsWith(`${path}/`));
  };
  return ignored.findLast(fits)?.startsWith("!") ?? true;
}
