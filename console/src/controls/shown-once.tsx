import { useEffect, useSyncExternalStore } from "react";
import { texts } from "../texts/texts.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Dialog } from "./dialog.tsx";
import { toldOnce } from "./show-once.ts";
import styles from "./shown-once.module.css";

/** Where `showOnce()` shows a secret: once in the console, in app.tsx, so that no page takes it along when it is left. */
export function ShownOnce() {
  const told = useSyncExternalStore(toldOnce.subscribe, toldOnce.first);
  useAskBeforeLeaving(told !== undefined);
  return (
    <Dialog
      open={told !== undefined}
      onClose={toldOnce.kept}
      title={told?.title ?? ""}
      stays
      actions={
        <Button kind="primary" onClick={toldOnce.kept}>
          {texts.controls.kept}
        </Button>
      }
    >
      {told?.about}
      <p>{told?.text}</p>
      {told && (
        <p className={styles.secret}>
          <code>{told.secret}</code>
          <CopyButton text={told.secret} label={told.copy} />
        </p>
      )}
    </Dialog>
  );
}

/** The browser asks, where the window is closed or loaded anew: what is shown would be lost. */
function useAskBeforeLeaving(isAsked: boolean): void {
  useEffect(() => {
    if (!isAsked) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isAsked]);
}
