import { setTimeout as rest } from "node:timers/promises";
import { Agent, request } from "undici";
import type { GatewayNode } from "./gateway-node.ts";

/** A client that has no answer for so long asks another node. */
const patienceMs = 3_000;
const restMs = 50;

/** What may be asked again, and what was seen of it. */
const passing = new Set(["unavailable", "overloaded", "disk_full", "idempotency_key_in_use"]);

/**
 * Clients that post to any node, the next in turn, and where they get no answer, or one that passes, to the one after it
 * under the same Idempotency-Key.
 */
export class Clients {
  readonly #nodes: readonly GatewayNode[];
  readonly #key: string;
  readonly #agent = new Agent({
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
    connectTimeout: patienceMs,
  });
  #turn = 0;
  /** How often something was asked again, by what came instead of a 202. */
  readonly again: Record<string, number> = {};

  constructor(nodes: readonly GatewayNode[], key: string) {
    this.#nodes = nodes;
    this.#key = key;
  }

  /** Gives the id of the message. */
  async post(body: object, idempotencyKey: string): Promise<string> {
    for (;;) {
      const node = this.#nodes[this.#turn++ % this.#nodes.length]!;
      const answer = await this.#ask(node, body, idempotencyKey).catch(() => undefined);
      if (answer?.status === 202) return (JSON.parse(answer.text) as { id: string }).id;
      const code = answer === undefined ? "no_answer" : codeOf(answer.text);
      if (answer && !passing.has(code))
        throw new Error(`A message was answered ${answer.status}: ${answer.text}`);
      this.again[code] = (this.again[code] ?? 0) + 1;
      await rest(restMs);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(
    node: GatewayNode,
    body: object,
    idempotencyKey: string,
  ): Promise<{ status: number; text: string }> {
    const answer = await request(`http://127.0.0.1:${node.clientPort}/v1/messages`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${this.#key}`,
        "idempotency-key": idempotencyKey,
      },
      body: JSON.stringify(body),
      dispatcher: this.#agent,
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }
}

function codeOf(text: string): string {
  try {
    const { code } = JSON.parse(text) as { code?: string };
    return code ?? "none";
  } catch {
    return "none";
  }
}
