import { useMutation, useQueryClient } from "@tanstack/react-query";

/** A request that changes something: what is shown of `nouns` is asked for anew afterwards, failed or not. */
export function useChanging<Wish, Answer>(nouns: readonly string[], change: (wish: Wish) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(nouns.map((noun) => queries.invalidateQueries({ queryKey: [noun] }))),
  });
}
