/** What is counted as it happens. `labels` have few values each: never a contact, a message or an address. */
export const counters = {
  antiphon_webhooks_total: {
    help: "Requests to the platforms' webhook URLs, by verdict.",
    labels: ["platform", "verdict"],
  },
  antiphon_accepted_total: { help: "Messages answered with a 202.", labels: ["platform"] },
  antiphon_calls_begun_total: { help: "Requests to platforms that were begun.", labels: ["channel"] },
  antiphon_calls_settled_total: {
    help: "What requests to platforms came to: accepted, retry, rejected, unknown.",
    labels: ["platform", "outcome"],
  },
  antiphon_pauses_total: {
    help: "Pauses: asked for by a platform (of a contact, of a channel), for a refused token, for a restricted account, or by a person.",
    labels: ["platform", "reason"],
  },
  antiphon_account_notices_total: {
    help: "What platforms said of accounts themselves: restricted, limited, warned, noted, lifted.",
    labels: ["platform", "state"],
  },
  antiphon_other_versions_total: {
    help: "Looks at a channel that its platform answered by another version of its API than the one asked for.",
    labels: ["platform"],
  },
  antiphon_duplicates_total: {
    help: "Events that a platform had told before, dropped.",
    labels: ["platform"],
  },
  antiphon_delivery_attempts_total: {
    help: "Tries at endpoints, by category: ok, status, timeout, …",
    labels: ["category"],
  },
  antiphon_refusals_total: { help: "Requests answered with a problem, by its code.", labels: ["code"] },
  antiphon_aged_rows_total: { help: "Rows that grew old and went.", labels: [] },
  antiphon_backups_total: { help: "Backups, by how they ended: done, failed.", labels: ["outcome"] },
  antiphon_violations_total: { help: "Violations that the check of invariants found.", labels: ["rule"] },
} as const satisfies Record<string, Measured>;

/** What is timed, in seconds. */
export const timers = {
  antiphon_accept_seconds: { help: "From a request for a message to its commit.", labels: ["platform"] },
  antiphon_answer_seconds: {
    help: "From a message's acceptance to its platform's answer.",
    labels: ["platform"],
  },
  antiphon_call_seconds: { help: "A request to a platform.", labels: ["platform"] },
  antiphon_webhook_seconds: { help: "From a genuine webhook to its commit.", labels: ["platform"] },
  antiphon_digest_seconds: { help: "From a webhook's arrival to its events' commit.", labels: ["platform"] },
  antiphon_event_seconds: { help: "From an event to its delivery, of those delivered.", labels: [] },
  antiphon_commit_seconds: { help: "A commit of the store, for all that it held.", labels: [] },
} as const satisfies Record<string, Measured>;

interface Measured {
  help: string;
  labels: readonly string[];
}

type Labels<Of extends Measured> = Record<Of["labels"][number], string>;

/** Counts and times what happens; handed in. */
export interface Meter {
  count<Name extends keyof typeof counters>(
    name: Name,
    labels: Labels<(typeof counters)[Name]>,
    by?: number,
  ): void;
  time<Name extends keyof typeof timers>(
    name: Name,
    seconds: number,
    labels: Labels<(typeof timers)[Name]>,
  ): void;
}

/** Of whoever measures nothing. */
export const unmeasured: Meter = { count: () => {}, time: () => {} };
