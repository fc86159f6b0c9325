import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildConsole } from "./build-console.ts";

const dist = join(import.meta.dirname, "../console/dist");
/** Of script, as it goes over the wire, for the first load of any page. */
export const budgetBytes = 250 * 1024;

interface Chunk {
  file: string;
  imports?: string[];
}

/** The worker is in no manifest: one that goes by another name would not be counted, and one left behind counted twice. */
export function onlyOne(workers: readonly string[]): string {
  const [worker, ...more] = workers;
  if (worker === undefined || more.length > 0)
    throw new Error(`console/dist/assets has ${workers.length} shared workers instead of one: ${workers}.`);
  return worker;
}

/** What the first load of each page brings of script, gzipped: the entry, the page, all that they import at once, and the worker. */
export async function firstLoads(): Promise<Map<string, number>> {
  await buildConsole();
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
  const worker = onlyOne(globSync("assets/shared-worker-*.js", { cwd: dist }));
  const pages = Object.keys(manifest).filter((name) => /^src\/pages\/[^/]+\/page\.tsx$/.test(name));
  return new Map(
    pages.map((page) => {
      const chunks = new Set<string>();
      const add = (name: string): void => {
        if (chunks.has(name)) return;
        chunks.add(name);
        manifest[name]!.imports?.forEach(add);
      };
      add("index.html");
      add(page);
      const files = [...[...chunks].map((name) => manifest[name]!.file), worker];
      const sizes = files.map((file) => gzipSync(readFileSync(join(dist, file))).length);
      return [page.split("/")[2]!, sizes.reduce((sum, size) => sum + size, 0)];
    }),
  );
}

if (import.meta.main) {
  for (const [page, bytes] of await firstLoads()) {
    const verdict = bytes > budgetBytes ? "TOO MUCH" : "ok";
    process.stdout.write(`${page.padEnd(14)} ${(bytes / 1024).toFixed(1).padStart(6)} kB  ${verdict}\n`);
    if (bytes > budgetBytes) process.exitCode = 1;
  }
}
