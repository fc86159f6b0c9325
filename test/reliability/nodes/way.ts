import { connect, createServer, type Server, type Socket } from "node:net";

interface Pair {
  near: Socket;
  /** Undefined: it came in a silence, and nobody has been asked yet. */
  far?: Socket;
}

/** A way to a server that can be cut: all that stands on it is reset, or it falls silent in both directions. */
export class Way {
  readonly #server: Server;
  readonly #to: () => Socket;
  readonly #standing = new Set<Pair>();
  #isSilent = false;

  private constructor(to: () => Socket) {
    this.#to = to;
    this.#server = createServer((near) => this.#stand(near));
  }

  /** `from`: a port, or the path of a socket. */
  static async open(from: number | string, to: number | string): Promise<Way> {
    const way = new Way(() => (typeof to === "number" ? connect(to, "127.0.0.1") : connect(to)));
    const listening = Promise.withResolvers<void>();
    way.#server.once("error", listening.reject);
    if (typeof from === "number") way.#server.listen(from, "127.0.0.1", listening.resolve);
    else way.#server.listen(from, listening.resolve);
    await listening.promise;
    return way;
  }

  /** Gives how many connections it was. */
  reset(): number {
    const pairs = [...this.#standing];
    for (const pair of pairs) this.#end(pair);
    return pairs.length;
  }

  /** Nothing passes any more, neither a byte nor the end of a connection. */
  fallSilent(): void {
    this.#isSilent = true;
    for (const { near, far } of this.#standing) {
      near.pause();
      far?.pause();
    }
  }

  /** What was said meanwhile arrives. */
  mend(): void {
    this.#isSilent = false;
    for (const pair of [...this.#standing]) {
      if (pair.near.destroyed || pair.far?.destroyed) this.#end(pair);
      else if (!pair.far) this.#goOn(pair);
      pair.near.resume();
      pair.far?.resume();
    }
  }

  close(): void {
    this.reset();
    this.#server.close();
  }

  #stand(near: Socket): void {
    const pair: Pair = { near };
    this.#standing.add(pair);
    this.#watch(pair, near);
    if (this.#isSilent) near.pause();
    else this.#goOn(pair);
  }

  #goOn(pair: Pair): void {
    const far = this.#to();
    pair.far = far;
    this.#watch(pair, far);
    pair.near.on("data", (bytes) => far.write(bytes));
    far.on("data", (bytes) => pair.near.write(bytes));
  }

  #watch(pair: Pair, end: Socket): void {
    // The other side hears of it, unless nothing passes.
    const over = () => {
      if (!this.#isSilent) this.#end(pair);
    };
    end.on("error", over).on("close", over);
  }

  #end(pair: Pair): void {
    this.#standing.delete(pair);
    for (const end of [pair.near, pair.far]) if (end) drop(end);
  }
}

/** As a connection that is reset, which a socket of this machine's own kind cannot be told from one that is closed. */
function drop(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
