import { openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A customer's endpoint as a process of its own: every webhook is a line of the file that its argument names, written
 * before it is answered. Says its URL once it listens, and ends with its parent.
 */
const log = openSync(process.argv[2]!, "a");

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  writeSync(log, `${body.replaceAll("\n", " ")}\n`);
  response.writeHead(204).end();
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.send!({ url: `http://127.0.0.1:${port}/hook` });
});
process.once("disconnect", () => process.exit(0));
