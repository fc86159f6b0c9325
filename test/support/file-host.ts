import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

/** Of nobody's secret: it proves 127.0.0.1 to tests alone. Give it to a process as NODE_EXTRA_CA_CERTS. */
export const certificateFile = join(import.meta.dirname, "loopback-certificate.pem");
const key = readFileSync(join(import.meta.dirname, "loopback-key.pem"));
export const certificate = readFileSync(certificateFile);

/** One path of the host: a file, or an answer of its own. */
export type Served =
  | { mimeType?: string; bytes: Uint8Array }
  | { status: number; location?: string }
  | ((response: ServerResponse) => void);

/** A customer's file server: https on a loopback address. */
export class FileHost {
  readonly requests: string[] = [];
  readonly #server = createServer({ key, cert: certificate });
  readonly #paths: Record<string, Served>;

  private constructor(paths: Record<string, Served>) {
    this.#paths = paths;
    this.#server.on("request", ({ url = "" }, response) => {
      this.requests.push(url);
      serve(this.#paths[url.split("?")[0]!] ?? { status: 404 }, response);
    });
  }

  static async listen(paths: Record<string, Served>): Promise<FileHost> {
    const host = new FileHost(paths);
    host.#server.listen(0, "127.0.0.1");
    await once(host.#server, "listening");
    return host;
  }

  link(path: string): string {
    return `https://127.0.0.1:${(this.#server.address() as { port: number }).port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function serve(served: Served, response: ServerResponse): void {
  if (typeof served === "function") served(response);
  else if ("status" in served)
    response.writeHead(served.status, served.location ? { location: served.location } : {}).end();
  else response.writeHead(200, served.mimeType ? { "content-type": served.mimeType } : {}).end(served.bytes);
}
