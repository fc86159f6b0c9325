import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import { type Config, loopbackUrl, readConfig } from "../config.ts";
import type { FieldProblem } from "../core/problem.ts";

/** A refusal in the gateway's words: what is wrong, where, and what to do. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(sentencesOf(problem).join("\n"));
    this.problem = problem;
  }
}

export interface Problem {
  code?: string;
  detail?: string;
  hint?: string;
  errors?: FieldProblem[];
  /** The channel that is connected already. */
  channel?: string;
}

function sentencesOf({ detail = "The gateway refused.", hint, errors = [] }: Problem): string[] {
  const told = errors.map((error) => {
    const where = error.pointer.replace(/^\/credentials\//, "").replace(/^\//, "");
    return `  ${where}: ${[error.message, error.hint].filter(Boolean).join(" ")}`;
  });
  return [[detail, hint].filter(Boolean).join(" "), ...told];
}

/** The gateway on this machine, found by its own settings and asked with its own key. */
export class RunningGateway {
  readonly #url: string;
  readonly #key: string;

  constructor() {
    const config = settings();
    this.#url = loopbackUrl(config.host, config.port);
    this.#key = apiKey(config);
  }

  async get<Answer>(path: string): Promise<Answer> {
    return this.#ask("GET", path);
  }

  async post<Answer>(path: string, body: object = {}): Promise<Answer> {
    return this.#ask("POST", path, body);
  }

  async patch<Answer>(path: string, body: object): Promise<Answer> {
    return this.#ask("PATCH", path, body);
  }

  async #ask<Answer>(method: "GET" | "POST" | "PATCH", path: string, body?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#key}`, "content-type": "application/json" };
    const wish = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const sent = await request(`${this.#url}${path}`, wish).catch((error: NodeJS.ErrnoException) => {
      throw new Error(
        `The gateway does not answer at ${this.#url} (${error.code}). Start it with npm start, then try again.`,
      );
    });
    const answer = await sent.body.json().catch(() => ({}));
    if (sent.statusCode < 300) return answer as Answer;
    if (sent.statusCode === 401)
      throw new Error("The gateway refused the API key. Set ANTIPHON_API_KEY to the key that it printed.");
    throw new Refusal(answer as Problem);
  }
}

/** What made the gateway listen there finds it there. */
function settings(): Config {
  const read = readConfig(process.env);
  if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
  return read.config;
}

function apiKey({ apiKey: given, dataDir }: Config): string {
  const file = join(dataDir, "api-key");
  const key = given ?? (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);
  if (key) return key;
  throw new Error("There is no API key. Start the gateway first (npm start), or set ANTIPHON_API_KEY.");
}
