import { phones as words } from "../texts/phones.ts";
import { useBubble } from "./bubble-context.ts";
import { usePhone } from "./phone-context.ts";
import styles from "./sheet.module.css";

/** Shows where a link leads. Nothing is ever opened: a preview must not call strangers. */
export function useFollow(): (url: string) => void {
  const { act, open } = usePhone();
  const bubble = useBubble();
  return (url) => {
    act({ act: "follow", bubble, url });
    open({
      title: words.ours.opens,
      body: (
        <div className={styles.note}>
          <p className={styles.url}>{url}</p>
          <p>{words.ours.opensHow}</p>
        </div>
      ),
    });
  };
}
