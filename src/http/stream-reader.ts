import type { FastifyRequest } from "fastify";
import type { Caller } from "../core/caller.ts";
import { covers } from "../core/scope.ts";
import type { Gateway } from "../gateway/gateway.ts";

/** Who reads a stream: asked again before each part, for a key and a session may end meanwhile. */
export interface StreamReader {
  /** As the key is now; undefined: it may read no more. */
  caller(): Caller | undefined;
  /** Told of what may have ended it. Time ends it untold: ask at each heartbeat. Gives what ends the listening. */
  onChange(listener: () => void): () => void;
}

/** Of a request that was let in. */
export function streamReader(
  { caller, sessionHash }: FastifyRequest,
  { keys, sessions }: Gateway,
): StreamReader {
  const { keyId } = caller;
  return {
    caller() {
      const now = sessionHash === undefined ? keys.caller(keyId) : sessions.caller(sessionHash);
      return now && covers(now.scopes, "read") ? now : undefined;
    },
    onChange(listener) {
      const unlisten = [
        keys.changed.listen((id) => id === keyId && listener()),
        sessions.ended.listen((hash) => hash === sessionHash && listener()),
      ];
      return () => unlisten.forEach((end) => void end());
    },
  };
}
