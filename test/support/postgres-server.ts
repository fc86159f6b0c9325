import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { postgresPrograms, runner } from "./postgres-binaries.ts";

/** A PostgreSQL of a test's own, in a folder of its own, reached by a socket there: no port that somebody else has. */
export interface PostgresServer {
  /** Of a database on it. */
  url(database: string): string;
  /** Of its first process, the parent of all others. */
  readonly pid: number;
  /** Ends it as a power cut would, without the disk: no process of it has a last word. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** `settings`: `name=value`, on top of PostgreSQL's own. */
export async function startPostgres(settings: string[] = []): Promise<PostgresServer> {
  const folder = makeFolder();
  const guard = watch(folder);
  const data = join(folder, "data");
  const programs = await postgresPrograms(folder);
  const options = { ...runner, cwd: folder, env: { ...process.env, LC_ALL: "C" } };
  const flags = ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(programs, "initdb"), flags, { ...options, stdio: "pipe" });
  const given = [`unix_socket_directories=${folder}`, "listen_addresses=", "max_connections=60", ...settings];
  const args = ["-D", data, ...given.flatMap((setting) => ["-c", setting])];
  let server: ChildProcess;
  const start = async () => {
    await eventually("PostgreSQL", async () => {
      server = spawn(join(programs, "postgres"), args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
      return (await isReady(server)) || undefined;
    });
  };
  await start();
  const end = async (signal: "SIGQUIT" | "SIGKILL") => {
    const ended = server.exitCode === null && server.signalCode === null && once(server, "exit");
    server.kill(signal);
    await ended;
  };
  return {
    url: (database) => `postgresql://postgres@${encodeURIComponent(folder)}/${database}`,
    get pid() {
      return server.pid!;
    },
    kill: () => end("SIGKILL"),
    start,
    close: async () => {
      await end("SIGQUIT");
      guard.ref();
      guard.stdin?.end();
      await once(guard, "exit");
    },
  };
}

/** A socket's path has at most 107 characters. */
function makeFolder(): string {
  const root = tmpdir().length > 60 ? "/tmp" : tmpdir();
  const folder = mkdtempSync(join(root, "antiphon-pg-"));
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, "data"));
  for (const path of [folder, join(folder, "data")]) if (runner) chownSync(path, runner.uid, runner.gid);
  return folder;
}

/**
 * Ends the server of a folder and removes it once this process is gone, however it went: then its standard input ends.
 * The server is known by its id and by its folder, for an id may have come to another. One that has ended has no folder
 * on its command line any more, even where nobody collects what ended and its id stands for ever.
 */
export function watch(folder: string): ChildProcess {
  const script = `cat > /dev/null
    id=$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null)
    command() { if [ -r "/proc/$id/cmdline" ]; then cat "/proc/$id/cmdline"; else ps -o args= -p "$id"; fi; }
    runs() { [ -n "$id" ] && command 2> /dev/null | grep -qaF "$1"; }
    if runs "$1"; then
      kill -QUIT "$id"
      while runs "$1"; do sleep 0.05; done
    fi
    rm -rf "$1"`;
  const guard = spawn("sh", ["-c", script, "sh", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  // The test's process may end while it stands.
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void }).unref?.();
  return guard;
}

/** False: processes of the one that was killed hold the data still. Rejects with what it said when it ends otherwise. */
async function isReady(server: ChildProcess): Promise<boolean> {
  let said = "";
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  server.stderr?.on("data", (chunk) => {
    said = (said + chunk).slice(-10_000);
    if (said.includes("ready to accept connections")) resolve(true);
  });
  server.once("error", reject);
  server.once("close", () => {
    if (/pre-existing shared memory|lock file/.test(said)) resolve(false);
    else reject(new Error(`PostgreSQL ended at its start: ${said}`));
  });
  return promise;
}
