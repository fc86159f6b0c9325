import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { withinMs } from "./eventually.ts";

/** What came back on one connection until it ended. */
export interface RawAnswer {
  text: string;
  /** Of every answer on it, in order. */
  statuses: number[];
  /** The other side ended it. */
  isClosed: boolean;
}

/** Writes these bytes to the gateway as they are, and reads until it ends the connection, or so many answers have come. */
export async function raw(
  port: number,
  bytes: string | Uint8Array,
  enough = Number.POSITIVE_INFINITY,
): Promise<RawAnswer> {
  const socket = await opened(port);
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  return answered(socket, withinMs, enough);
}

export async function opened(port: number, localAddress?: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

export function answered(
  socket: Socket,
  ms = withinMs,
  enough = Number.POSITIVE_INFINITY,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = "";
    const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    const end = (isClosed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, statuses: statuses(), isClosed });
    };
    const timer = setTimeout(() => end(false), ms);
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      if (statuses().length >= enough) end(false);
    });
    socket.once("close", () => end(true));
  });
}
