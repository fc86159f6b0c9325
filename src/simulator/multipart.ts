import type { JsonObject } from "../core/json.ts";
import type { SimulatedUpload } from "../core/simulation.ts";

/**
 * Reads `multipart/form-data` as tolerantly as Telegram's own server does. The packages for it misread what grammY
 * writes (1.46.0, tried 2026-11-21): no space after a colon, and file names that are unquoted although they hold
 * spaces. undici refuses the body, busboy drops the file, formidable loses its name.
 */
export interface Multipart {
  fields: JsonObject;
  uploads: SimulatedUpload[];
}

interface Part {
  headers: Record<string, string>;
  content: Buffer;
}

/** Splits a body at its boundary; null when it is not closed by one. */
function split(body: Buffer, boundary: string): Part[] | null {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let position = body.indexOf(mark);
  while (position !== -1) {
    const start = position + mark.length;
    if (body.toString("latin1", start, start + 2) === "--") return parts;
    const end = body.indexOf(Buffer.concat([Buffer.from("\r\n"), mark]), start);
    const head = body.indexOf("\r\n\r\n", start);
    if (end === -1 || head === -1 || head > end) return null;
    const headers = readHeaders(body.toString("utf8", start, head));
    // A part without content: the empty line is the line before the boundary.
    parts.push({ headers, content: body.subarray(Math.min(head + 4, end), end) });
    position = end + 2;
  }
  return null;
}

function readHeaders(text: string): Record<string, string> {
  const lines = text.split("\r\n").map((line) => line.split(/:(.*)/s));
  return Object.fromEntries(
    lines.map(([name = "", value = ""]) => [name.trim().toLowerCase(), value.trim()]),
  );
}

/** The parameters of a header: up to the next semicolon, quoted or not. */
function parameters(header: string): Record<string, string> {
  const found = header.matchAll(/;\s*([a-z*]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;]*))/gi);
  return Object.fromEntries(
    [...found].map(([, name = "", quoted, bare = ""]) => [
      name.toLowerCase(),
      quoted === undefined ? bare.trim() : quoted.replace(/\\(.)/g, "$1"),
    ]),
  );
}

/** Null: the body is not what its content type says. */
export function readMultipart(body: Buffer, contentType: string): Multipart | null {
  const { boundary } = parameters(contentType);
  const parts = boundary ? split(body, boundary) : null;
  if (!parts) return null;
  const fields: JsonObject = {};
  const uploads: SimulatedUpload[] = [];
  for (const { headers, content } of parts) {
    const { name = "", filename } = parameters(headers["content-disposition"] ?? "");
    if (filename === undefined) fields[name] = content.toString("utf8");
    else {
      const mimeType = headers["content-type"] ?? "application/octet-stream";
      uploads.push({ field: name, name: filename, mimeType, bytes: content });
    }
  }
  return { fields, uploads };
}
