import { Toast } from "radix-ui";
import { useSyncExternalStore } from "react";
import { texts } from "../texts/texts.ts";
import { Icon } from "./icon.tsx";
import { toasts } from "./toast.ts";
import styles from "./toasts.module.css";

const shownMs = 6_000;

/** Where `toast()` shows its words: once on the page, in app.tsx. */
export function Toasts() {
  const notices = useSyncExternalStore(toasts.subscribe, toasts.get);
  return (
    <Toast.Provider duration={shownMs} label={texts.controls.notifications}>
      {notices.map(({ id, text, tone }) => (
        <Toast.Root
          key={id}
          className={styles.toast}
          data-tone={tone}
          onOpenChange={(isOpen) => isOpen || toasts.dismiss(id)}
        >
          {tone === "good" && <Icon name="check" />}
          {(tone === "bad" || tone === "warn") && <Icon name="alert" />}
          <Toast.Description className={styles.text}>{text}</Toast.Description>
          <Toast.Close className={styles.close} aria-label={texts.controls.close}>
            <Icon name="close" size={13} />
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className={styles.place} label={texts.controls.notifications} />
    </Toast.Provider>
  );
}
