import type { IncomingMessage } from "node:http";
import { Writable } from "node:stream";
import formidable from "formidable";
import type { JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { SimulatedUpload } from "../core/simulation.ts";

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

/**
 * formidable, because grammY writes part headers that the others misread: no space after the colon and an unquoted
 * file name, which undici refuses and busboy drops when it holds a space.
 */
async function readMultipart(request: IncomingMessage): Promise<ReadBody> {
  const collected = new Map<unknown, Buffer[]>();
  const form = formidable({
    maxFileSize: maxBodyBytes,
    maxTotalFileSize: maxBodyBytes,
    maxFieldsSize: 4 * 1024 * 1024,
    allowEmptyFiles: true,
    minFileSize: 0,
    fileWriteStreamHandler: (file) => {
      const chunks: Buffer[] = [];
      collected.set(file, chunks);
      return new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(Buffer.from(chunk));
          done();
        },
      });
    },
  });
  const [fields, files] = await form.parse(request);
  const body: JsonObject = {};
  for (const [name, values] of Object.entries(fields)) body[name] = values?.[0] ?? "";
  const uploads = Object.entries(files).flatMap(([field, list]) =>
    (list ?? []).map((file) => ({
      field,
      name: file.originalFilename ?? "file",
      mimeType: file.mimetype ?? "application/octet-stream",
      bytes: Buffer.concat(collected.get(file) ?? []),
    })),
  );
  return { body, uploads, malformed: false };
}

/** Reads a body by its content type; none at all is an empty one. */
export async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const type = String(request.headers["content-type"] ?? "").toLowerCase();
  if (type.startsWith("multipart/form-data")) {
    try {
      return await readMultipart(request);
    } catch {
      return { body: {}, uploads: [], malformed: true };
    }
  }
  const text = (await readBytes(request)).toString("utf8");
  return readText(text, type);
}

/** The fields of a JSON or urlencoded text. */
export function readText(text: string, contentType: string): ReadBody {
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
