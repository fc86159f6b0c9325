import { useCallback, useEffect, useState } from "react";
import type { MessageFilter } from "../../api/messages.ts";
import type { useMessageList } from "./use-message-list.ts";

/** A page may hold nothing of what was asked for, and still not be the last. After so many a person says whether to go on. */
const roundsAtATime = 5;

type Pages = ReturnType<typeof useMessageList>["pages"];

/** Looks further back for what fits, and rests after some rounds that found nothing. */
export function useLookingFurther(
  { data, hasNextPage, isFetchingNextPage, fetchNextPage }: Pages,
  filter: MessageFilter,
) {
  const pages = data?.pages ?? [];
  const found = pages.findLastIndex((page) => page.data.length > 0);
  const inVain = pages.length - 1 - found;
  const [agreed, setAgreed] = useState({ filter, rounds: roundsAtATime });
  const isResting = hasNextPage && inVain >= (agreed.filter === filter ? agreed.rounds : roundsAtATime);
  const isNothing = found < 0 && hasNextPage;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const goOn = useCallback(() => setAgreed({ filter, rounds: inVain + roundsAtATime }), [filter, inVain]);
  useEffect(() => {
    if (isNothing && !isResting && !isFetchingNextPage) more();
  }, [isNothing, isResting, isFetchingNextPage, more]);
  return { isResting, more, goOn };
}
