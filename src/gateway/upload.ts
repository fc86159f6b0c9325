import type { Readable } from "node:stream";
import type { Call, Upload } from "../core/platform.ts";
import { Gate } from "./gate.ts";
import type { Opened, Transport } from "./transport.ts";

export type Source = NonNullable<Call["upload"]>;

/** `failed`: a clause why there is no file. `again`: it was no fault of the link. */
export type Fetched<Result> =
  | { kind: "sent"; result: Result }
  | { kind: "failed"; reason: string; hint?: string }
  | { kind: "again"; reason: string };

type File = Pick<Upload, "mimeType" | "bytes">;
type Failure = { reason: string; hint?: string };

/** Each holds a file of up to 50 MB in memory, and a copy of it while it is sent. */
const filesAtATime = 4;
const maxRedirects = 5;
/** As long as a call may take, so that one of each ends before a drain does. */
const defaultDeadlineMs = 20_000;

/** Gets files from the links of messages where a platform cannot, so that they can go up with the call instead. */
export class Uploads {
  readonly #transport: Transport;
  readonly #deadlineMs: number;
  readonly #gate = new Gate({ size: filesAtATime, waitMs: () => 0, passed: () => {} });

  /** `transport` is the guarded one: a link is as foreign as an endpoint. */
  constructor(transport: Transport, deadlineMs = defaultDeadlineMs) {
    this.#transport = transport;
    this.#deadlineMs = deadlineMs;
  }

  /** Fetches the file and hands it to `send`; `stopping` ends the fetching, and not what is sent by then. */
  async run<Result>(
    source: Source,
    stopping: AbortSignal,
    send: (upload: Upload) => Promise<Result>,
  ): Promise<Fetched<Result>> {
    if (!(await this.#enter(stopping))) return { kind: "again", reason: "too many files are on their way" };
    try {
      const late = AbortSignal.timeout(this.#deadlineMs);
      const file = await this.#follow(source, AbortSignal.any([stopping, late]));
      if (stopping.aborted) return { kind: "again", reason: "the gateway is stopping" };
      if ("reason" in file)
        return { kind: "failed", ...(late.aborted ? { reason: "it did not come in time" } : file) };
      return { kind: "sent", result: await send({ field: source.field, name: nameOf(source), ...file }) };
    } finally {
      this.#gate.leave();
    }
  }

  /** False when there was no place in time, or the gateway stops. */
  async #enter(stopping: AbortSignal): Promise<boolean> {
    const entering = this.#gate.enter(this.#deadlineMs);
    const { promise: stopped, resolve } = Promise.withResolvers<"stopped">();
    const onAbort = () => resolve("stopped");
    stopping.addEventListener("abort", onAbort);
    if (stopping.aborted) onAbort();
    const entered = await Promise.race([stopped, entering]);
    stopping.removeEventListener("abort", onAbort);
    if (entered !== "stopped") return entered;
    // A place that comes free later is for nobody.
    void entering.then((isInside) => isInside && this.#gate.leave());
    return false;
  }

  async #follow({ link, maxBytes }: Source, signal: AbortSignal): Promise<File | Failure> {
    let url = link;
    for (let hops = 0; hops <= maxRedirects; hops++) {
      const headers = { "user-agent": "Antiphon", accept: "*/*", "accept-encoding": "identity" };
      const opened = await this.#transport.open({ method: "GET", url, headers }, signal);
      if (opened.kind !== "answer") return unreached(opened.reason);
      const next = redirect(opened, url);
      if (next === undefined) return readFile(opened, link, maxBytes);
      opened.body.destroy();
      if (!next.startsWith("https:")) return { reason: "it redirects to something other than https" };
      url = next;
    }
    return { reason: `it redirects more than ${maxRedirects} times` };
  }
}

type Answer = Opened & { kind: "answer" };

function redirect({ status, headers: { location } }: Answer, from: string): string | undefined {
  if (status < 300 || status >= 400 || location === undefined) return undefined;
  return URL.parse(location, from)?.href ?? "";
}

async function readFile({ status, headers, body }: Answer, link: string, maxBytes: number) {
  const mimeType = mimeTypeOf(headers["content-type"], link);
  const failure = refusalOf(status, mimeType, link);
  const bytes =
    failure || Number(headers["content-length"]) > maxBytes ? undefined : await collect(body, maxBytes);
  body.destroy();
  if (failure) return failure;
  if (bytes instanceof Error) return unreached((bytes as NodeJS.ErrnoException).code ?? bytes.name);
  if (bytes === undefined) return tooLarge(maxBytes);
  return bytes.length === 0 ? { reason: "it is an empty file" } : { mimeType, bytes };
}

function refusalOf(status: number, mimeType: string, link: string): Failure | undefined {
  if (status !== 200) return { reason: `its host answered HTTP ${status}` };
  // Most often a page that asks to log in, and never a photo.
  if (mimeType === "text/html" && !/\.html?$/i.test(pathOf(link))) return { reason: "it is a web page" };
  return undefined;
}

/** Undefined: more than `maxBytes`. */
async function collect(
  body: Readable,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | Error | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) return undefined;
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    return error as Error;
  }
  const whole = Buffer.concat(chunks);
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
}

function tooLarge(maxBytes: number): Failure {
  const most = `${Math.floor(maxBytes / 1024 / 1024)} MB`;
  return {
    reason: `it is larger than the ${most} that can be uploaded`,
    hint: `Link to a file of at most ${most}.`,
  };
}

const unreachable: Record<string, Failure> = {
  BLOCKED_ADDRESS: {
    reason: "its host is in a private network, which this gateway stays out of",
    hint: "Link to a public host, or set ANTIPHON_ALLOW_PRIVATE_ENDPOINTS=true.",
  },
  ENOTFOUND: { reason: "its host has no address" },
  ECONNREFUSED: { reason: "its host takes no connection" },
};

function unreached(code: string): Failure {
  return unreachable[code] ?? { reason: `its host gave no answer (${code})` };
}

/** What files are by the end of their name, where their host does not say. */
const mimeTypes: Record<string, string> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  mp4: "video/mp4",
  "3gp": "video/3gpp",
  pdf: "application/pdf",
  zip: "application/zip",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  aac: "audio/aac",
  ogg: "audio/ogg",
  oga: "audio/ogg",
  opus: "audio/ogg",
};
const anything = "application/octet-stream";

function mimeTypeOf(header: string | undefined, link: string): string {
  const told = header?.split(";")[0]?.trim().toLowerCase();
  if (told && told !== anything && /^[\w.+-]+\/[\w.+-]+$/.test(told)) return told;
  const extension = /\.(\w{1,5})$/.exec(pathOf(link))?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(mimeTypes, extension) ? mimeTypes[extension]! : anything;
}

/** The last part of the link, as a platform that fetches it would name the file. */
function nameOf({ link, field }: Source): string {
  return pathOf(link).split("/").at(-1) || field;
}

function pathOf(link: string): string {
  const path = URL.parse(link)?.pathname ?? "";
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
