import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { FieldProblem } from "../../../../src/core/problem.ts";
import { useChannels } from "../../api/channels.ts";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import { type Sent, sendAgain, sendToAll, type Target } from "./targets.ts";

/** Sends the message, and tells what became of it. */
export function useSending(body: Record<string, unknown>, refuse: (problems: FieldProblem[]) => void) {
  const queries = useQueryClient();
  const channels = useChannels().data?.data ?? [];
  const [isBusy, setBusy] = useState(false);
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const told = async (asked: Promise<readonly Sent[]>) => {
    setBusy(true);
    try {
      const results = await asked;
      setSent(results.map((one) => ({ ...one, channel: channels.find(({ id }) => id === one.target.from) })));
      refuse(results.flatMap(({ answer }) => (answer.is === "refused" ? distinct(answer.errors) : [])));
      await Promise.all(
        ["messages", "conversations"].map((noun) => queries.invalidateQueries({ queryKey: [noun] })),
      );
    } catch (error) {
      toast(`${texts.controls.failed}: ${(error as Error).message}`, "bad");
    } finally {
      setBusy(false);
    }
  };
  const send = (targets: readonly Target[]) => told(sendToAll(body, targets));
  /** What nobody answered, as it was then. */
  const again = () => told(Promise.all(sent.map((one) => (one.answer.is === "away" ? sendAgain(one) : one))));
  return { send, again, isBusy, sent, clear: () => setSent([]) };
}

function distinct(errors: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(errors.map((one) => [`${one.pointer} ${one.message}`, one])).values()];
}
