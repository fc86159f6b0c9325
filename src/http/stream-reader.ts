import type { FastifyRequest } from "fastify";
import type { Caller } from "../core/caller.ts";
import type { Gateway } from "../gateway/gateway.ts";

/** Who reads a stream: asked again before each part, for a key and a session may end meanwhile. */
export interface StreamReader {
  caller(): Caller | undefined;
  /** Gives what ends the listening. */
  onChange(listener: () => void): () => void;
}

/** Of a request that was let in. */
export function streamReader(
  { caller, sessionHash }: FastifyRequest,
  { keys, sessions }: Gateway,
): StreamReader {
  const { keyId } = caller;
  return {
    caller: () => (sessionHash === undefined ? keys.caller(keyId) : sessions.caller(sessionHash)),
    onChange(listener) {
      const unlisten = [
        keys.changed.listen((id) => id === keyId && listener()),
        sessions.ended.listen((hash) => hash === sessionHash && listener()),
      ];
      return () => unlisten.forEach((end) => void end());
    },
  };
}
