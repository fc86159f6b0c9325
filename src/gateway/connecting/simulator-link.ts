import { Agent, request } from "undici";
import { GatewayError } from "../../core/problem.ts";

const answerWithinMs = 10_000;
const maxAnswerBytes = 16 * 1024 * 1024;

export interface LinkAnswer {
  status: number;
  text: string;
}
interface Asked {
  method: "GET" | "POST" | "DELETE";
  /** Below `/simulator`. */
  path: string;
  body?: unknown;
}

interface Options {
  method: Asked["method"];
  headers: Record<string, string>;
  body?: string;
  bodyTimeout?: number;
  signal?: AbortSignal;
}

/**
 * The way to the control API of a simulator on this machine. It goes to one address alone, follows no redirect, and
 * says in a sentence when nobody answers there.
 */
export class SimulatorLink {
  readonly #url: string;
  readonly #agent = new Agent({ headersTimeout: answerWithinMs, bodyTimeout: 0, connectTimeout: 2_000 });

  /** Refuses any address that is not this machine's own. */
  constructor(url: string) {
    if (new URL(url).hostname !== "127.0.0.1") throw new Error(`${url} is no simulator of this machine.`);
    this.#url = url;
  }

  async ask({ method, path, body }: Asked): Promise<LinkAnswer> {
    const headers: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await this.#request(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      bodyTimeout: answerWithinMs,
    });
    let text = "";
    answer.body.setEncoding("utf8");
    try {
      for await (const chunk of answer.body) {
        text += chunk;
        if (text.length > maxAnswerBytes)
          throw new GatewayError("unavailable", "The simulator's answer is too long.");
      }
    } catch (cause) {
      throw cause instanceof GatewayError ? cause : this.#silent(cause);
    }
    return { status: answer.statusCode, text };
  }

  /** What happens there, from now on or behind `lastId`, as server-sent events; until `signal`. */
  async follow(from: { lastId?: string; recent: number }, signal: AbortSignal) {
    const headers: Record<string, string> = from.lastId ? { "last-event-id": from.lastId } : {};
    const answer = await this.#request(`/log/stream?recent=${from.recent}`, {
      method: "GET",
      headers,
      signal,
    });
    if (answer.statusCode === 200) return answer.body;
    await answer.body.dump();
    throw this.#silent(new Error(`it answered ${answer.statusCode}`));
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #request(path: string, options: Options) {
    try {
      return await request(`${this.#url}/simulator${path}`, { ...options, dispatcher: this.#agent });
    } catch (cause) {
      throw this.#silent(cause);
    }
  }

  #silent(cause: unknown): GatewayError {
    const detail = `No simulator answers at ${this.#url}. npm start runs one beside the gateway; npm run simulator runs one alone.`;
    return new GatewayError("unavailable", detail, { cause });
  }
}
