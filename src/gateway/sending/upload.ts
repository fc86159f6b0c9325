import type { Readable } from "node:stream";
import type { Clock } from "../../core/clock.ts";
import type { Call, Upload } from "../../core/platform.ts";
import { deadline } from "../rest.ts";
import type { Opened, Transport } from "../transport.ts";
import { FailedLinks, type LinkFailure } from "./failed-links.ts";
import { type FileOwner, FilePlaces } from "./file-places.ts";

export type Source = NonNullable<Call["upload"]>;

/** `stopped`: it was given up before its file was there. */
export type Fetched<Result> =
  | { kind: "sent"; result: Result }
  | ({ kind: "failed" } & LinkFailure)
  | { kind: "stopped" };

/** For which channel; `givenUp` ends the waiting and the fetching, and not what is sent by then. */
export interface FetchWish {
  channelId: string;
  givenUp: AbortSignal;
}

type File = Pick<Upload, "mimeType" | "bytes">;

const maxRedirects = 5;
const defaultDeadlineMs = 20_000;

/** Gets files from the links of messages where a platform cannot, so that they can go up with the call instead. */
export class Uploads {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #places = new FilePlaces();
  readonly #failed: FailedLinks;

  /** `transport` is the guarded one: a link is as foreign as an endpoint. */
  constructor(transport: Transport, clock: Clock, deadlineMs = defaultDeadlineMs) {
    this.#transport = transport;
    this.#clock = clock;
    this.#failed = new FailedLinks(clock);
    this.#deadlineMs = deadlineMs;
  }

  /** Fetches the file when there is a place for it, and hands it to `send`; the place is held until that has ended. */
  async run<Result>(
    source: Source,
    { channelId, givenUp }: FetchWish,
    send: (upload: Upload) => Promise<Result>,
  ): Promise<Fetched<Result>> {
    const owner: FileOwner = { channelId, host: URL.parse(source.link)?.host ?? "" };
    if (!(await this.#places.enter(owner, givenUp))) return { kind: "stopped" };
    try {
      const known = this.#failed.get(source.link);
      const file = known ?? (await this.#fetch(source, givenUp));
      if (givenUp.aborted) return { kind: "stopped" };
      if ("bytes" in file)
        return { kind: "sent", result: await send({ field: source.field, name: nameOf(source), ...file }) };
      if (!known) this.#failed.add(source.link, file);
      return { kind: "failed", ...file };
    } finally {
      this.#places.leave(owner);
    }
  }

  async #fetch(source: Source, givenUp: AbortSignal): Promise<File | LinkFailure> {
    const inTime = deadline(this.#clock, this.#deadlineMs, givenUp);
    const file = await this.#follow(source, inTime.signal).finally(inTime.done);
    return inTime.isLate() && !("bytes" in file) ? { reason: "it did not come in time" } : file;
  }

  async #follow({ link, maxBytes }: Source, signal: AbortSignal): Promise<File | LinkFailure> {
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

function refusalOf(status: number, mimeType: string, link: string): LinkFailure | undefined {
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

function tooLarge(maxBytes: number): LinkFailure {
  const most = `${Math.floor(maxBytes / 1024 / 1024)} MB`;
  return {
    reason: `it is larger than the ${most} that can be uploaded`,
    hint: `Link to a file of at most ${most}.`,
  };
}

const unreachable: Record<string, LinkFailure> = {
  BLOCKED_ADDRESS: {
    reason: "its host is in a private network, which this gateway stays out of",
    hint: "Link to a public host, or set ANTIPHON_ALLOW_PRIVATE_ENDPOINTS=true.",
  },
  ENOTFOUND: { reason: "its host has no address" },
  ECONNREFUSED: { reason: "its host takes no connection" },
};

function unreached(code: string): LinkFailure {
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
