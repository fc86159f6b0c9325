import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/** Of the key that the gateway makes itself at its first start, or is given by its setting. */
export const bootstrapId = "key_bootstrap";
const prefix = "key_";
const whole = /^(ak_([0-9a-z]{4,32})_[0-9a-f]{64})_([0-9a-f]{8})$/;

export const newKeyId = (): string => prefix + randomBytes(6).toString("hex");

/** Whether a text is the id of a key, which is no secret; never that of a text that lets in. */
export const isKeyId = (text: string): boolean => text === bootstrapId || /^key_[0-9a-f]{12}$/.test(text);

/** `ak_<id>_<secret>_<checksum>`: 256 bits of chance, and a CRC-32 by which scanners and readers tell it from what only looks so. */
export function newKeyText(id: string): string {
  const body = `ak_${id.slice(prefix.length)}_${randomBytes(32).toString("hex")}`;
  return `${body}_${checksum(body)}`;
}

/** The id of the key that a text claims to be; `mistyped`: it is meant as one and cannot be. Others may be chosen by an operator. */
export function readKeyText(text: string): { id?: string; isMistyped: boolean } {
  const [, body, id, sum] = whole.exec(text) ?? [];
  if (body !== undefined && checksum(body) === sum) return { id: prefix + id, isMistyped: false };
  return { isMistyped: /^ak_[^_]+_/.test(text) };
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, "0");
}
