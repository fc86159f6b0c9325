import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GatewayError } from "./core/problem.ts";
import { type Keyring, type MasterKey, masterKey } from "./store/keyring.ts";

const keyBytes = 32;
/** 32 bytes at random have fewer different ones with a chance of 10^-30: a password or a pattern has. */
const fewestDifferent = 12;
const makeOne = "openssl rand -base64 32";
export const secretKeyForm = `32 random bytes in base64 or hex (${makeOne}); several parted by commas, the newest first`;

/** The keys in a text, one a line or parted by commas; undefined where one of them is none. */
export function masterKeysIn(text: string): MasterKey[] | undefined {
  const keys = text
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .map(bytesOf);
  if (keys.length === 0) return undefined;
  return keys.every((bytes) => bytes !== undefined) ? keys.map(masterKey) : undefined;
}

function bytesOf(word: string): Uint8Array | undefined {
  const encoding = /^[0-9a-f]{64}$/i.test(word) ? "hex" : "base64";
  if (encoding === "base64" && !/^[A-Za-z0-9+/_-]{43}=?$/.test(word)) return undefined;
  const bytes = Buffer.from(word, encoding);
  return bytes.length === keyBytes && new Set(bytes).size >= fewestDifferent ? bytes : undefined;
}

interface Place {
  dataDir: string;
  secretKey?: string;
  secretKeyFile?: string;
}

/** True: the key lies beside what it seals. */
export function isKeyBesideData({ secretKey, secretKeyFile, dataDir }: Place): boolean {
  return secretKey === undefined && (secretKeyFile === undefined || dirname(secretKeyFile) === dataDir);
}

/** The master keys by the settings: from the environment, from a file, or from one that is made in the data folder. */
export function keyringOf(place: Place): Keyring {
  const { secretKey, secretKeyFile } = place;
  if (secretKey !== undefined) {
    return { source: "ANTIPHON_SECRET_KEY", read: () => masterKeysIn(secretKey) ?? [], make: notMade };
  }
  const file = secretKeyFile ?? join(place.dataDir, "secret-key");
  const isOurs = secretKeyFile === undefined;
  return {
    source: file,
    read: () => readKeyFile(file, isOurs),
    make: isOurs ? () => makeKeyFile(file) : notMade,
  };
}

/** A named place that holds no key is a mistake, and told when it is read. */
function notMade(): never {
  throw refusal("There is no key to seal secrets with.");
}

/** `mayBeMissing`: then there is none. */
function readKeyFile(file: string, mayBeMissing: boolean): MasterKey[] {
  const text = privateText(file, mayBeMissing);
  if (text === undefined) return [];
  const keys = masterKeysIn(text);
  if (keys) return keys;
  throw refusal(`${file} must hold ${secretKeyForm}, or one a line.`);
}

/** Of a file that nobody else reads; it is looked at and read by the same descriptor. */
function privateText(file: string, mayBeMissing: boolean): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && mayBeMissing) return undefined;
    throw refusal(`${file} cannot be read (${code}). It must hold ${secretKeyForm}.`);
  }
  try {
    const { mode, uid } = fstatSync(descriptor);
    const me = process.getuid?.() ?? uid;
    if (uid !== me)
      throw refusal(
        `${file} belongs to another user (${uid}), who can read it. Type: chown ${me} ${file} && chmod 600 ${file}`,
      );
    if ((mode & 0o077) !== 0)
      throw refusal(
        `${file} can be read by others. Type: chmod 600 ${file} (a secret that Kubernetes mounts for an fsGroup cannot be made private: give its text as ANTIPHON_SECRET_KEY instead)`,
      );
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

/** On disk before anything is sealed by it: the file whole, and its name. */
function makeKeyFile(file: string): MasterKey {
  const bytes = randomBytes(keyBytes);
  writeFileSync(`${file}.new`, `${bytes.toString("base64")}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  const folder = openSync(dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
  return masterKey(bytes);
}

function refusal(sentence: string): GatewayError {
  return new GatewayError("unavailable", sentence);
}
