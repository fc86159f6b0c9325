import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { FieldProblem } from "../../../../src/core/problem.ts";
import { useChannels } from "../../api/channels.ts";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import { type Sent, sendToAll, type Target } from "./targets.ts";

/** Sends the message, and tells what became of it. */
export function useSending(body: Record<string, unknown>, refuse: (problems: FieldProblem[]) => void) {
  const queries = useQueryClient();
  const channels = useChannels().data?.data ?? [];
  const [isBusy, setBusy] = useState(false);
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const send = async (targets: readonly Target[]) => {
    setBusy(true);
    try {
      const results = await sendToAll(body, targets);
      setSent(results.map((one) => ({ ...one, channel: channels.find(({ id }) => id === one.target.from) })));
      refuse(results.flatMap((one) => ("errors" in one ? distinct(one.errors) : [])));
      await Promise.all(
        ["messages", "conversations"].map((noun) => queries.invalidateQueries({ queryKey: [noun] })),
      );
    } catch (error) {
      toast(`${texts.controls.failed}: ${(error as Error).message}`, "bad");
    } finally {
      setBusy(false);
    }
  };
  return { send, isBusy, sent, clear: () => setSent([]) };
}

function distinct(errors: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(errors.map((one) => [`${one.pointer} ${one.message}`, one])).values()];
}
