import { useLiveState } from "../live/use-live.ts";
import { texts } from "../texts/texts.ts";
import styles from "./live-mark.module.css";

/** Whether what is shown is how it is now. */
export function LiveMark() {
  const state = useLiveState();
  return (
    <span className={styles.mark} data-state={state} role="status">
      <span className={styles.dot} aria-hidden="true" />
      {texts.shell.live[state]}
    </span>
  );
}

/** Above the page, while the gateway is away. */
export function AwayBanner() {
  const state = useLiveState();
  if (state !== "reconnecting" && state !== "catching_up") return null;
  return (
    <div className={styles.away} role="status">
      <strong>{state === "reconnecting" ? texts.shell.away : texts.shell.live.catching_up}</strong>{" "}
      {state === "reconnecting" && texts.shell.awayHelp}
    </div>
  );
}
