import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";

/** A way to a PostgreSQL that can be cut. */
export interface Proxy {
  url: string;
  /**
   * At the next commit the connection is lost: before it has arrived, or after, when the answer is on its way. Nobody
   * gets through from then on until `mend`. Resolves when it is lost.
   */
  cutAtCommit(when: "before" | "after"): Promise<void>;
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
  const standing = new Set<Socket>();
  const server = createServer((near) => {
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
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const database = new URL(url.replace(/@[^/]*/, "@host")).pathname;
  return {
    url: `postgresql://${new Client({ connectionString: url }).user}@${encodeURIComponent(folder)}${database}`,
    cutAtCommit: (when) =>
      new Promise((done) => {
        cut = { when, done };
      }),
    mend: () => {
      isCut = false;
    },
    close: () => {
      for (const one of standing) one.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
