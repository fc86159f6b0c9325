import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { meKey } from "./me.ts";
import { ApiProblem } from "./request.ts";

const mostTries = 3;

/** A gateway that is away or starting may be there at the next try; what it refused it refuses again. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 503);
}

/** Whoever is signed out meanwhile is led to sign in, whatever was asked. */
function onError(error: Error): void {
  if (error instanceof ApiProblem && error.status === 401) queries.setQueryData(meKey, null);
}

/** What the gateway told, kept while it is shown. */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (count, error) => count < mostTries && mayPass(error),
      retryDelay: (count) => 400 * 2 ** count,
      // The page asks the machine that it came from, whatever the browser thinks of the network.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
