import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";

/** A way to a PostgreSQL that can be cut, or fall silent: then nothing passes, not even that one side has ended. */
export interface Proxy {
  url: string;
  /** How many connections were begun until now. */
  readonly begun: number;
  /**
   * At the next commit the connection is lost: before it has arrived, or after, when the answer is on its way. Nobody
   * gets through from then on until `mend`. Resolves when it is lost.
   */
  cutAtCommit(when: "before" | "after"): Promise<void>;
  /** The connections that stand fall silent, as after a failover behind one address; of `all`, those that are begun later, too. */
  silence(which: "standing" | "all"): void;
  /** The same when a text is on its way next: before it has arrived, or after, when its answer is on its way. Resolves then. */
  silenceAt(text: string, when: "before" | "after"): Promise<void>;
  /** What was held passes. */
  mend(): void;
  close(): void;
}

const commit = Buffer.from("; COMMIT");

export async function proxyTo(url: string): Promise<Proxy> {
  const { host, port } = new Client({ connectionString: url });
  const folder = mkdtempSync(join(tmpdir().length > 60 ? "/tmp" : tmpdir(), "antiphon-way-"));
  const socket = join(folder, ".s.PGSQL.5432");
  let cut: { when: "before" | "after"; done: () => void } | undefined;
  let isCut = false;
  let isSilent = false;
  let begun = 0;
  let silencing: { text: string; when: "before" | "after"; done: () => void } | undefined;
  const standing = new Set<Socket>();
  const hush = () => {
    for (const one of standing) one.pause();
  };
  const server = createServer((near) => {
    begun++;
    if (isCut) return near.destroy();
    const far = host.startsWith("/") ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host);
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const one of [near, far]) {
      standing.add(one);
      one.on("error", end).on("close", end);
      one.once("close", () => standing.delete(one));
    }
    let loseAnswer: (() => void) | undefined;
    near.on("data", (asked: Buffer) => {
      if (silencing && asked.includes(silencing.text)) {
        const { when, done } = silencing;
        silencing = undefined;
        hush();
        if (when === "after") far.write(asked);
        else near.unshift(asked);
        return done();
      }
      if (!cut || !asked.includes(commit)) return far.write(asked);
      const { when, done } = cut;
      cut = undefined;
      isCut = true;
      const lose = () => {
        end();
        done();
      };
      if (when === "before") return lose();
      loseAnswer = lose;
      far.write(asked);
    });
    far.on("data", (answer) => (loseAnswer ? loseAnswer() : near.write(answer)));
    if (isSilent) hush();
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const database = new URL(url.replace(/@[^/]*/, "@host")).pathname;
  return {
    url: `postgresql://${new Client({ connectionString: url }).user}@${encodeURIComponent(folder)}${database}`,
    cutAtCommit: (when) =>
      new Promise((done) => {
        cut = { when, done };
      }),
    get begun() {
      return begun;
    },
    silence: (which) => {
      isSilent = which === "all";
      hush();
    },
    silenceAt: (text, when) =>
      new Promise((done) => {
        silencing = { text, when, done };
      }),
    mend: () => {
      isCut = false;
      isSilent = false;
      for (const one of standing) one.resume();
    },
    close: () => {
      for (const one of standing) one.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
