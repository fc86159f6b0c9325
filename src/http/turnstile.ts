import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { GatewayError } from "../core/problem.ts";
import { answerHeaders } from "./answer-headers.ts";
import type { Intake } from "./intake.ts";
import { problemJson } from "./problem.ts";

/** A connection that was refused is not read for so long: whoever floods on it waits with it. */
const restMs = 250;

const refusal = JSON.stringify(
  problemJson(
    new GatewayError("overloaded", "More comes than can be done. Nothing was accepted: send it again."),
  ),
);
const refusalHeaders = {
  ...answerHeaders,
  "content-type": "application/problem+json; charset=utf-8",
  "content-length": String(Buffer.byteLength(refusal)),
  "retry-after": "1",
};

/** Lets requests in as the intake has room for them. A connection whose request waits, or was refused, is not read. */
export class Turnstile {
  readonly #intake: Intake;
  readonly #refused: () => void;
  readonly #waiting = new WeakSet<Socket>();
  readonly #ending = new WeakSet<Socket>();

  constructor(intake: Intake, refused: () => void) {
    this.#intake = intake;
    this.#refused = refused;
  }

  take(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    const { socket } = request;
    // What a connection had sent behind its refusal is not worth an answer of its own.
    if (this.#ending.has(socket)) return;
    // Only a flood sends the next request while its last one waits.
    if (this.#waiting.has(socket)) {
      this.#refuse(socket, response, true);
      return;
    }
    let hasBegun = false;
    const begin = () => {
      hasBegun = true;
      this.#waiting.delete(socket);
      if (socket.isPaused() && !this.#ending.has(socket)) socket.resume();
      handle();
    };
    const isTaken = this.#intake.take({ begin, isGone: () => response.destroyed });
    if (!isTaken) this.#refuse(socket, response, false);
    if (!isTaken || hasBegun) return;
    this.#waiting.add(socket);
    socket.pause();
  }

  #refuse(socket: Socket, response: ServerResponse, isLast: boolean): void {
    this.#refused();
    if (isLast) this.#ending.add(socket);
    else setTimeout(() => socket.resume(), restMs).unref();
    socket.pause();
    response
      .writeHead(503, isLast ? { ...refusalHeaders, connection: "close" } : refusalHeaders)
      .end(refusal);
  }
}
