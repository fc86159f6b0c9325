import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** What a process asked of the disk, and what it told its clients, in the order in which it was done. */
export type Step =
  | { kind: "write"; file: string; at: number; bytes: Buffer }
  | { kind: "cut"; file: string; length: number }
  | { kind: "sync"; file: string }
  /** A message was answered 202: from here on its loss would be one. */
  | { kind: "told"; messageId: string };

/** `strace`'s arguments for a record that `readRecord` understands. */
export const tracing = (log: string) => [
  "strace",
  ...["-f", "-y", "-xx", "-s", "1000000", "--seccomp-bpf", "-o", log],
  ...["-e", "trace=pwrite64,write,writev,fsync,fdatasync,ftruncate"],
];

interface Request {
  name: string;
  file: string;
  text: string;
}

/** The steps that concern the files of `folder`. A request counts when it has been answered. */
export async function readRecord(log: string, folder: string): Promise<Step[]> {
  const steps: Step[] = [];
  const unfinished = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(log) })) {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith("<unfinished ...>")) unfinished.set(thread, rest.slice(0, -"<unfinished ...>".length));
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
    const whole = resumed === undefined ? rest : `${unfinished.get(thread) ?? ""}${resumed}`;
    if (rest.endsWith("<unfinished ...>")) continue;
    const step = stepOf(requestOf(whole), folder);
    if (step) steps.push(step);
  }
  return steps;
}

/** `pwrite64(21<\x2f…>, "\x0d…", 4096, 8192) = 4096`; nothing of one that failed. */
function requestOf(line: string): Request | undefined {
  const [, name, file, text] = /^(\w+)\(\d+<([^>]*)>(.*)\) += \d+$/.exec(line) ?? [];
  return name === undefined ? undefined : { name, file: decoded(file!).toString(), text: text! };
}

function stepOf(request: Request | undefined, folder: string): Step | undefined {
  if (!request) return undefined;
  const { name, file, text } = request;
  if (!file.startsWith(folder)) return name.startsWith("write") ? told(text) : undefined;
  if (name === "fsync" || name === "fdatasync") return { kind: "sync", file };
  if (name === "ftruncate") return { kind: "cut", file, length: Number(/\d+$/.exec(text)?.[0]) };
  const [, bytes, at] = /^, "([^"]*)", \d+(?:, (\d+))?$/.exec(text) ?? [];
  // The receipt journal is appended to, at the end that its file has: -1.
  return bytes === undefined
    ? undefined
    : { kind: "write", file, at: Number(at ?? -1), bytes: decoded(bytes) };
}

const accepted = Buffer.from("HTTP/1.1 202").toString("hex").replaceAll(/../g, "\\x$&");

function told(text: string): Step | undefined {
  if (!text.includes(accepted)) return undefined;
  const said = [...text.matchAll(/"([^"]*)"/g)].map(([, part]) => decoded(part!).toString()).join("");
  const messageId = /"id":"(msg_[^"]+)"/.exec(said)?.[1];
  return messageId === undefined ? undefined : { kind: "told", messageId };
}

function decoded(escaped: string): Buffer {
  return Buffer.from(escaped.replaceAll("\\x", ""), "hex");
}
