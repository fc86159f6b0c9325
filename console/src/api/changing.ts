import { useMutation, useQueryClient } from "@tanstack/react-query";

/**
 * A request that changes something: what is shown of `nouns` is asked for anew afterwards, failed or not. `onDone` is told
 * also where what asked has left the page meanwhile; what is given to `mutate` is not.
 */
export function useChanging<Wish, Answer>(
  nouns: readonly string[],
  change: (wish: Wish) => Promise<Answer>,
  onDone?: (answer: Answer) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: onDone && ((answer: Answer) => onDone(answer)),
    onSettled: () => Promise.all(nouns.map((noun) => queries.invalidateQueries({ queryKey: [noun] }))),
  });
}
