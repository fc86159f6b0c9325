import type { FastifyRequest } from "fastify";
import { GatewayError } from "../core/problem.ts";

export function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

/** What was looked up by its id, or the 404 that says what there is none of. */
export function found<Row>(row: Row | undefined, noun: string): Row {
  if (row === undefined) throw new GatewayError("not_found", `There is no ${noun} with this id.`);
  return row;
}
