import type { PlatformName } from "../api/capabilities.ts";
import { texts } from "../texts/texts.ts";
import styles from "./platform-mark.module.css";

/** Which platform, in the space of a letter; its name for whoever points at it or does not see it. */
export function PlatformMark({ platform }: { platform: PlatformName }) {
  const name = texts.platforms[platform];
  return (
    <span className={styles.mark} role="img" aria-label={name} title={name} data-mark={platform}>
      {name[0]}
    </span>
  );
}
