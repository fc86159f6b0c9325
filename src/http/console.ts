import { randomBytes } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const compress = promisify(gzip);
const folder = join(import.meta.dirname, "../../console/dist");

/** Of the pages (console/src/pages/pages.tsx). A page's script reads the rest of the path. */
const pagePaths = [
  "/",
  ...["compose", "phones", "messages", "conversations", "channels", "endpoints", "keys", "signin"].flatMap(
    (page) => [`/${page}`, `/${page}/*`],
  ),
];

/** All that is served here, without a key: it holds nothing of anybody. */
export const consolePaths: readonly string[] = [...pagePaths, "/assets/*", "/icon.svg"];

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Of what is no page. A worker's script keeps to it: it loads its parts, and asks the gateway alone. */
const policyOfFiles = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";

/** Stands in the built page (console/vite.config.ts) where each answer has a nonce of its own. */
const nonceMark = "NONCE-OF-THIS-ANSWER";

/**
 * Nothing from elsewhere, and nothing inline but the style elements that the page's own scripts make: Radix (while a
 * dialog is open) and CodeMirror give theirs the nonce of the page's <meta property="csp-nonce">.
 */
const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "media-src 'self' blob:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

export interface Asset {
  type: string;
  plain: Buffer;
  packed?: Promise<Buffer>;
}

/** What was built, by its name, in memory. */
export type ConsoleFiles = ReadonlyMap<string, Asset>;

/** The console's pages at `/`. Its data comes by `/v1`, with the session's cookie. */
export function consoleRoutes(app: FastifyInstance, assets: ConsoleFiles): void {
  for (const path of pagePaths)
    app.get(path, async (_request, reply) => sendPage(assets.get("index.html"), reply));
  app.get("/assets/*", (request, reply) => {
    const name = `assets/${(request.params as { "*": string })["*"]}`;
    // The name holds the hash of what is inside.
    const asset = assets.get(name);
    // What is not here may be there after the next build: then nobody must remember that it was missing.
    if (asset) reply.header("cache-control", "public, max-age=31536000, immutable");
    return send(asset, request, reply);
  });
  app.get("/icon.svg", (request, reply) => send(assets.get("icon.svg"), request, reply));
}

/** Addresses of programs, whoever opens them: what is wrong with one is told as it is to a program. */
const ofPrograms = /^\/(v\d|webhooks|assets|problems)/;

/**
 * The console's page that there is no such page, where a person opened an address by a browser: that asks for HTML, and
 * programs do not. False: it is for a program, or there is no console here.
 */
export function sendNoSuchPage(
  assets: ConsoleFiles,
  { method, url, headers }: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const page = assets.get("index.html");
  const isRead = method === "GET" || method === "HEAD";
  if (!page || !isRead || ofPrograms.test(url) || !/\btext\/html\b/i.test(headers.accept ?? "")) return false;
  reply.problem = "not_found";
  void sendPage(page, reply.code(404).header("vary", "accept"));
  return true;
}

export function readConsole(): ConsoleFiles {
  if (!existsSync(folder)) return new Map();
  const files = globSync("**/*.*", { cwd: folder }).filter((file) => statSync(join(folder, file)).isFile());
  return new Map(
    files.flatMap((file) => {
      const type = types[extname(file)];
      return type ? [[file, { type, plain: readFileSync(join(folder, file)) }] as const] : [];
    }),
  );
}

/** Small, and another each time: not packed, and kept by nobody. */
function sendPage(page: Asset | undefined, reply: FastifyReply): FastifyReply {
  if (!page) return notBuilt(reply);
  const nonce = randomBytes(16).toString("base64");
  return reply
    .headers({ "content-security-policy": policy(nonce), "cache-control": "no-store" })
    .type(page.type)
    .send(page.plain.toString().replaceAll(nonceMark, nonce));
}

function notBuilt(reply: FastifyReply): FastifyReply {
  const text = "This file of the console is not here: npm start builds it. Reload the page.\n";
  return reply.code(404).header("cache-control", "no-store").type("text/plain").send(text);
}

async function send(
  asset: Asset | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!asset) return notBuilt(reply);
  reply.headers({ vary: "accept-encoding", "content-security-policy": policyOfFiles });
  reply.type(asset.type);
  if (!/\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""))) return reply.send(asset.plain);
  asset.packed ??= compress(asset.plain);
  return reply.header("content-encoding", "gzip").send(await asset.packed);
}
