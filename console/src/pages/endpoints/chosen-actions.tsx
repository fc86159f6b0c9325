import { useMutation } from "@tanstack/react-query";
import type { Delivery } from "../../api/endpoints.ts";
import { Button } from "../../controls/button.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import { exportDeliveries } from "./export-deliveries.ts";
import { useRetry } from "./use-retry.ts";

const { endpoints: words } = texts;

interface ChosenActionsProps {
  endpoint: string;
  chosen: readonly Delivery[];
  onDone: () => void;
}

/** What may be done with the chosen deliveries. */
export function ChosenActions({ endpoint, chosen, onDone }: ChosenActionsProps) {
  const { retry, isPending } = useRetry(onDone);
  const hand = useMutation({
    mutationFn: () => exportDeliveries(endpoint, chosen),
    onSuccess: () => toast(words.exported(chosen.length), "good"),
    onError: (error) => toast(error.message, "bad"),
  });
  return (
    <>
      <Button
        onClick={() => retry(chosen.map(({ id }) => id))}
        disabled={chosen.length === 0}
        busy={isPending}
      >
        {words.retrySelected(chosen.length)}
      </Button>
      <Button
        onClick={() => hand.mutate()}
        disabled={chosen.length === 0}
        busy={hand.isPending}
        title={words.exportHelp}
      >
        {words.exportSelected(chosen.length)}
      </Button>
    </>
  );
}
