import { useBubble } from "./bubble-context.ts";
import { usePhone } from "./phone-context.ts";

/** Shows where a link leads. Nothing is ever opened: a preview must not call strangers. */
export function useFollow(): (url: string) => void {
  const { act, open } = usePhone();
  const bubble = useBubble();
  return (url) => {
    act({ act: "follow", bubble, url });
    open({ kind: "link", url });
  };
}
