import { useCallback, useMemo } from "react";
import { useLocation, useSearchParams } from "wouter";
import { filterNames, type MessageFilter } from "../../api/messages.ts";

/** The filters, as the URL holds them; and how to change them. What is opened stays open. */
export function useMessageFilter() {
  const [search, setSearch] = useSearchParams();
  const filter = useMemo<MessageFilter>(
    () =>
      Object.fromEntries(filterNames.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : []))),
    [search],
  );
  const change = useCallback(
    (wish: MessageFilter) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(wish))
            if (value) next.set(name, value);
            else next.delete(name);
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return { filter, change };
}

/** Opens a message beside the list, or closes it: the filters stay in the URL. */
export function useOpening() {
  const [, navigate] = useLocation();
  return useCallback(
    (id?: string, options?: { replace?: boolean }) =>
      navigate(
        `/messages${id === undefined ? "" : `/${encodeURIComponent(id)}`}${window.location.search}`,
        options,
      ),
    [navigate],
  );
}
