import type { ApiVersion } from "../../core/platform-upkeep.ts";

/**
 * Versions of the Graph API: when each came, and until when it is served; null: no end is told yet. After its end Meta
 * serves a call by the oldest version that it still has, which may answer otherwise. A new one is a line here.
 * Source: developers.facebook.com/docs/graph-api/changelog/versions (its German page, the newest copy) and
 * …/guides/versioning, read 2026-11-22.
 */
const versions: Record<string, { from: string; until: string | null }> = {
  "v26.0": { from: "2026-07-29", until: null },
  "v25.0": { from: "2026-02-18", until: "2028-07-29" },
  "v24.0": { from: "2025-10-08", until: "2028-02-18" },
  "v23.0": { from: "2025-05-29", until: "2027-10-08" },
  "v22.0": { from: "2025-01-21", until: "2027-05-20" },
  "v21.0": { from: "2024-10-02", until: "2027-01-21" },
  "v20.0": { from: "2024-05-21", until: "2026-09-24" },
  "v19.0": { from: "2024-01-23", until: "2026-05-21" },
  "v18.0": { from: "2023-09-12", until: "2026-01-26" },
  "v17.0": { from: "2023-05-23", until: "2025-09-12" },
};

export const defaultGraphVersion = "v25.0";
const [newest] = Object.keys(versions) as [string];
const oldest = Object.keys(versions).at(-1)!;

/** What can be asked for; newer ones than the table has come three or four times a year. */
export const graphVersionForm = /^v\d{1,3}\.\d{1,2}$/;

export const apiVersion: ApiVersion = {
  newest,
  of: ({ graph_version }) => graph_version || defaultGraphVersion,
  endsAt(version) {
    const known = Object.hasOwn(versions, version);
    const { until } = known ? versions[version]! : isOlder(version, oldest) ? versions[oldest]! : unknown;
    return until === null ? undefined : Date.parse(until);
  },
  // On every answer of Graph's, and on no page of Meta's: facebook/php-business-sdk and restfb read it, 2026-11-22.
  served({ headers }) {
    const version = headers["facebook-api-version"] ?? "";
    return graphVersionForm.test(version) ? version : undefined;
  },
};

const unknown = { until: null };

function isOlder(version: string, than: string): boolean {
  return Number(version.slice(1)) < Number(than.slice(1));
}
