import type { IncomingMessage } from "node:http";

export interface Refusal {
  status: number;
  code: "cross_site" | "unsupported_media_type";
  detail: string;
}

/**
 * Why the control API takes nothing of this request: any page that is open in a browser could act as the simulated
 * people. Browsers tell where a request comes from, and ask nobody before they post a text or a form.
 */
export function refusalOf({ headers }: Pick<IncomingMessage, "headers">): Refusal | undefined {
  const { origin, host } = headers;
  const isElsewhere = origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase();
  if (isElsewhere || headers["sec-fetch-site"] === "cross-site") {
    const from = origin === undefined ? "another site" : `"${origin}"`;
    return {
      status: 403,
      code: "cross_site",
      detail: `A page of ${from} may not control the simulator: use the console, or a program that sends no Origin.`,
    };
  }
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  if (!hasBody || isJson(headers["content-type"])) return undefined;
  return {
    status: 415,
    code: "unsupported_media_type",
    detail: `The body must be JSON: send it with "Content-Type: application/json".`,
  };
}

const isJson = (type = "") => type.split(";")[0]?.trim().toLowerCase() === "application/json";
