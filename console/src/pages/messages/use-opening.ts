import { useCallback } from "react";
import { useLocation } from "wouter";

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
