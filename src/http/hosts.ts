import type { FastifyRequest } from "fastify";
import { GatewayError } from "../core/problem.ts";

const loopbackNames = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What a `Host` header names, without its port. */
function nameIn(host: string): string {
  return host.toLowerCase().replace(/:\d{0,5}$/, "");
}

/** Whether a `Host` header names this machine by one of the names that no DNS answer can give to others. */
export function isLoopbackName(host: string | undefined): boolean {
  return host !== undefined && loopbackNames.test(nameIn(host));
}

/**
 * Refuses names that are not ours where the gateway listens on loopback: a page whose name resolves to 127.0.0.1 (DNS
 * rebinding) speaks to it as if it were its own server. Elsewhere any name is taken, for only the API key opens something.
 */
export function hostCheck(isLoopback: boolean, publicUrl?: string): (host: string | undefined) => void {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  return (host) => {
    // HTTP/1.0 needs none, and no browser speaks it; HTTP/1.1 without one never comes this far.
    if (!isLoopback || host === undefined || isLoopbackName(host) || nameIn(host) === own) return;
    const detail =
      "This gateway listens on loopback and answers only to localhost, 127.0.0.1, [::1] and the host of ANTIPHON_PUBLIC_URL.";
    throw new GatewayError("forbidden_host", detail);
  };
}

/**
 * Whether a request comes from this machine: by the socket, whatever a header claims; and not where a proxy on this machine passes a stranger on, nor where a page
 * has had its own name resolve to this machine.
 */
export function isFromThisMachine({ raw, headers }: FastifyRequest): boolean {
  const address = raw.socket.remoteAddress ?? "";
  const isLoopback = address === "::1" || /^(::ffff:)?127\./.test(address);
  return (
    isLoopback &&
    isLoopbackName(headers.host) &&
    !Object.keys(headers).some((name) => /^(forwarded|via|x-real-ip|x-forwarded-.+)$/.test(name))
  );
}
