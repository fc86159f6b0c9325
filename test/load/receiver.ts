import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A customer's server in a process of its own, on the port that it tells its parent. It takes all, until that is gone. */
const server = createServer((request, response) => {
  request.resume().once("end", () => response.writeHead(204).end());
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit(0));
