import { onKeptElsewhere } from "../kept/kept.ts";
import { type Me, meKey, signedInName } from "./me.ts";
import { forgetKept } from "./on-forget.ts";
import { queries } from "./query-client.ts";

let whose: string | undefined;

/**
 * What one key saw is not for who comes next: it goes when nobody is signed in any more, and where another key is, as
 * another window of this browser may bring about, the page begins anew.
 */
export function forgetWithKey(): void {
  queries.getQueryCache().subscribe(({ type, query: { queryKey, state } }) => {
    if (type !== "updated" || queryKey[0] !== meKey[0] || state.data === undefined) return;
    const before = whose;
    whose = (state.data as Me | null)?.key.id;
    if (before === undefined || before === whose) return;
    forget();
    // Once a secret that was shown is gone from the page, which would ask before it is left.
    if (whose !== undefined) setTimeout(() => location.reload());
  });
  onKeptElsewhere(signedInName, () => void queries.invalidateQueries({ queryKey: meKey }));
}

function forget(): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meKey[0] });
  queries.getMutationCache().clear();
  forgetKept();
}
