import type { IncomingMessage } from "node:http";
import type { JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { SimulatedUpload } from "../core/simulation.ts";
import { readMultipart } from "./multipart.ts";

/** The largest body that is read: WhatsApp's largest medium is 100 MB (reference of 2026-11-21), and its frame. */
export const maxBodyBytes = 101 * 1024 * 1024;

export interface ReadBody {
  body: JsonObject;
  uploads: SimulatedUpload[];
  malformed: boolean;
}
/** Thrown by `readBody` for a body over `maxBodyBytes`. */
export class BodyTooLarge extends Error {}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) throw new BodyTooLarge();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Reads a body by its content type; none at all is an empty one. */
export async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const type = String(request.headers["content-type"] ?? "");
  const bytes = await readBytes(request);
  if (!type.toLowerCase().startsWith("multipart/form-data")) {
    return readText(bytes.toString("utf8"), type.toLowerCase());
  }
  const read = readMultipart(bytes, type);
  return read
    ? { body: read.fields, uploads: read.uploads, malformed: false }
    : { body: {}, uploads: [], malformed: true };
}

/** The fields of a JSON or urlencoded text. */
function readText(text: string, contentType: string): ReadBody {
  if (text.trim() === "") return { body: {}, uploads: [], malformed: false };
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    return { body: Object.fromEntries(new URLSearchParams(text)), uploads: [], malformed: false };
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { body: value as JsonObject, uploads: [], malformed: false };
  } catch {
    // Told by `malformed`.
  }
  return { body: {}, uploads: [], malformed: true };
}
