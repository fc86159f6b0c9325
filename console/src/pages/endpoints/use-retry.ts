import { useRetryDeliveries } from "../../api/endpoints.ts";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";

const { endpoints: words } = texts;

/** Has deliveries tried again, and says how many are, and why others are not. */
export function useRetry(onDone: () => void = () => {}) {
  const { mutate, isPending } = useRetryDeliveries();
  const retry = (ids: readonly string[]) =>
    mutate(ids, {
      onSuccess: ({ retried, refused: [first, ...more] }) => {
        if (retried > 0) toast(words.retried(retried), "good");
        if (first) toast(words.notRetried(1 + more.length, first.message), "bad");
        onDone();
      },
      onError: (error) => toast(error.message, "bad"),
    });
  return { retry, isPending };
}
