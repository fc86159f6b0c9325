import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";

/** What a list is narrowed by, as the URL holds it; and how to change it. What is empty does not stand there. */
export function useUrlFilter<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const filter = useMemo(
    () =>
      Object.fromEntries(
        names.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])),
      ) as Partial<Record<Name, string>>,
    [search, names],
  );
  const change = useCallback(
    (wish: Partial<Record<Name, string>>) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries<string | undefined>(wish))
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
