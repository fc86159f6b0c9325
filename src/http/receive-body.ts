import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { GatewayError } from "../core/problem.ts";
import { neighbourhood } from "../gateway/access/neighbourhood.ts";
import type { BodyRoom, HeldBody } from "./body-room.ts";

/** A body of single bytes takes a second to be put together; networks bring 4 MiB in some thousand pieces. */
const maxPieces = 16 * 1024;

declare module "fastify" {
  interface FastifyInstance {
    bodyRoom: BodyRoom;
  }
  interface FastifyRequest {
    /** The room that its body takes until it is answered. */
    heldBody: HeldBody | undefined;
  }
}

/** Gives every route below room for bodies, and back what each took when its answer is there: what was accepted is stored then. */
export function boundBodies(app: FastifyInstance, room: BodyRoom): void {
  app.decorate("bodyRoom", room);
  app.decorateRequest("heldBody", undefined);
  app.addHook("onSend", (request, _reply, _payload, done) => {
    request.heldBody?.release();
    done();
  });
}

/** All bytes of a body, within the route's limit and while there is room; else nothing of it is kept. */
export async function receiveBody(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer> {
  const held = request.server.bodyRoom.hold(neighbourhood(request.ip));
  request.heldBody = held;
  const limit = request.routeOptions.bodyLimit;
  const length = Number(request.headers["content-length"] ?? 0);
  if (length > limit) throw tooLarge(limit);
  if (!held.fits(length)) throw overloaded();
  return pieces(payload, (piece, received) => {
    if (received > limit) return tooLarge(limit);
    return held.take(piece.length) ? undefined : overloaded();
  });
}

/** Ends with what `refusal` says of a piece; then none is kept, and no more is read. */
function pieces(
  payload: IncomingMessage,
  refusal: (piece: Buffer, received: number) => GatewayError | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const kept: Buffer[] = [];
    let received = 0;
    const stop = () => payload.off("data", take).off("end", end).off("error", breakOff);
    const take = (piece: Buffer) => {
      received += piece.length;
      const error = refusal(piece, received);
      if (error) refuse(error);
      else if (kept.push(piece) > maxPieces) refuse(tooManyPieces());
    };
    const end = () => {
      stop();
      // A copy: the pieces are views of what the socket reads into.
      resolve(Buffer.concat(kept, received));
    };
    const refuse = (error: GatewayError) => {
      stop();
      payload.pause();
      reject(error);
    };
    const breakOff = () => refuse(new GatewayError("bad_request", "The body broke off."));
    payload.on("data", take).on("end", end).on("error", breakOff);
  });
}

function tooLarge(limit: number): GatewayError {
  const isOwn = limit < 1024 * 1024;
  const detail = isOwn
    ? `Send at most ${limit / 1024} KiB here.`
    : "Send at most 1 MiB; a platform's webhook may have 4 MiB.";
  return new GatewayError("body_too_large", detail);
}

function tooManyPieces(): GatewayError {
  return new GatewayError("bad_request", `The body came in over ${maxPieces} pieces. Send larger ones.`);
}

function overloaded(): GatewayError {
  const detail = "Too much of other bodies is under way. Nothing was accepted: send it again.";
  return new GatewayError("overloaded", detail);
}
