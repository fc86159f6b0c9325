import type { Call, Credentials, HttpResponse } from "./platform.ts";
import type { PlatformProblem } from "./problem.ts";

/** Where webhooks go, at every place where a platform lets one set it: for a channel, and for more than that channel. */
export interface WebhookAddresses {
  /** Where the channel's own arrive; absent: nowhere yet. */
  url?: string;
  /** Every address that `point` would replace or end. */
  replaced: string[];
  /** Every address that `point` leaves alone once it is told of it. */
  spared?: string[];
  /** What the app that brings them is subscribed to, for us or for others: `point` keeps all of it. */
  fields?: string[];
  /** What of ours it is not subscribed to; `isGap`: without it messages, or what becomes of them, are not told. */
  lacks?: { fields: string[]; isGap: boolean };
}

/** Where a platform ends by itself what it tells of an account, its webhook's address left as it was. */
export interface Subscription {
  /** Null where these credentials do not show it. */
  call(credentials: Credentials): Call | null;
  /** A sentence on what of it is gone; undefined: nothing, or the answer does not tell. */
  missing(response: HttpResponse, credentials: Credentials): string | undefined;
}

/** How long an access token is good, and how to get another, where the platform gives one for it. */
export interface TokenLife {
  /** Null where nothing can be asked with these credentials. */
  call(credentials: Credentials): Call | null;
  /** `expiresAt` absent: it never ends. */
  read(response: HttpResponse): { expiresAt?: number } | { problem: PlatformProblem };
  /** Null where these credentials' token is renewed by people alone. */
  refresh(credentials: Credentials): Call | null;
  /** The credentials that change. */
  refreshed(
    response: HttpResponse,
  ): { change: Credentials; lastsSeconds: number } | { problem: PlatformProblem };
}

/** The version of its interface that a platform is asked by. */
export interface ApiVersion {
  /** What a channel's calls ask for. */
  of(credentials: Credentials): string;
  /** Undefined where no end is known. */
  endsAt(version: string): number | undefined;
  newest: string;
  /** By which version an answer was made, where it tells. */
  served(response: HttpResponse): string | undefined;
}
