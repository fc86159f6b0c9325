import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector } from "undici";

/**
 * Keeps webhooks out of private networks (SSRF). Names are checked when connecting, on every address that they
 * resolve to, and the connection goes to a checked address: a second look-up could answer differently.
 */

/** Link-local and cloud metadata services: refused even where private addresses are allowed. */
const metadata: readonly [string, number][] = [
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
  ["168.63.129.16", 32],
  ["fe80::", 10],
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
];

/** IANA special-purpose registries (IPv4 and IPv6), read 2026-11-21. */
const notPublic: readonly [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["::1", 128],
  // Translated IPv4 (RFC 2765), which a gateway on the way would turn into the plain address.
  ["::ffff:0:0:0", 96],
  ["64:ff9b::", 112],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fec0::", 10],
  ["ff00::", 8],
];

function blockList(subnets: readonly [string, number][]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, net.includes(":") ? "ipv6" : "ipv4");
  return list;
}
const metadataList = blockList(metadata);
const notPublicList = blockList([...metadata, ...notPublic]);

/** The IPv4 address that `::ffff:127.0.0.1`, or NAT64's `64:ff9b::127.0.0.1`, in any spelling reaches. */
function unmapped(address: string): string {
  const canonical = address.includes(":")
    ? new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1)
    : address;
  const words = /^(?:::|::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!words) return canonical;
  const [high, low] = [Number.parseInt(words[1]!, 16), Number.parseInt(words[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** Whether a literal IP address may be connected to. */
export function isAllowedAddress(address: string, allowPrivate: boolean): boolean {
  if (!isIP(address)) return false;
  const plain = unmapped(address);
  const list = allowPrivate ? metadataList : notPublicList;
  return !list.check(plain, plain.includes(":") ? "ipv6" : "ipv4");
}

export class BlockedAddressError extends Error {
  readonly code = "BLOCKED_ADDRESS";
  constructor(host: string) {
    super(`${host} is, or resolves to, an address that webhooks may not be sent to`);
  }
}

/** Refuses a name as a whole when one of its addresses is not allowed. */
export function guardedLookup(
  allowPrivate: boolean,
  resolve: typeof systemLookup = systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      if (!addresses.every(({ address }) => isAllowedAddress(address, allowPrivate))) {
        return callback(new BlockedAddressError(hostname), "", 0);
      }
      if (options.all) return callback(null, addresses);
      callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

/** Certificates are verified whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED). */
export const strictTls = { rejectUnauthorized: true, minVersion: "TLSv1.2" } as const;

type Connector = ReturnType<typeof buildConnector>;

/**
 * Refuses literal addresses, which are never looked up, and looks again at where the connection stands before a byte
 * is written: whatever `connect` and the look-up made of the name.
 */
export function checkedConnector(connect: Connector, allowPrivate: boolean): Connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, "");
    if (isIP(host) && !isAllowedAddress(host, allowPrivate)) {
      callback(new BlockedAddressError(host), null);
      return;
    }
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      if (isAllowedAddress(socket.remoteAddress ?? "", allowPrivate)) return callback(null, socket);
      socket.destroy();
      callback(new BlockedAddressError(host), null);
    });
  };
}

/** The agent that endpoints are reached through. */
export function guardedAgent(allowPrivate: boolean, resolve: typeof systemLookup = systemLookup): Agent {
  const lookup = guardedLookup(allowPrivate, resolve);
  const connect = checkedConnector(buildConnector({ timeout: 5_000, lookup, ...strictTls }), allowPrivate);
  // Several endpoints may be on one host, with up to 16 deliveries each: one that hangs leaves room for the others.
  return new Agent({ connections: 256, allowH2: false, connect });
}
