import type { FastifyRequest } from "fastify";
import { GatewayError } from "../core/problem.ts";
import { hashKey, sameHash } from "../gateway/secret.ts";

/** Refuses a request without the API key: `Authorization: Bearer …` or `x-api-key`. */
export function requireKey(request: FastifyRequest, keyHash: string): void {
  const given = bearer(request.headers.authorization) ?? single(request.headers["x-api-key"]);
  if (given === undefined) {
    throw new GatewayError(
      "unauthorized",
      "Send the API key as Authorization: Bearer <key>, or as x-api-key: <key>.",
    );
  }
  // Clients send what is not ASCII as UTF-8 or as Latin-1; Node reads all as Latin-1.
  const spellings = [given, Buffer.from(given, "latin1").toString("utf8")];
  if (!spellings.some((spelling) => sameHash(hashKey(spelling), keyHash))) {
    throw new GatewayError(
      "unauthorized",
      "This API key is not valid here. npm start prints the one that is.",
    );
  }
}

function bearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S(?:.*\S)?) *$/i.exec(header ?? "")?.[1];
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
