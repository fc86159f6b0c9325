import type { PlatformName } from "../../../src/core/platform.ts";
import { phones as words } from "../texts/phones.ts";
import styles from "./chat-header.module.css";
import { Glyph, type GlyphName } from "./glyph.tsx";

const signs: Record<PlatformName, readonly GlyphName[]> = {
  whatsapp: ["video", "call", "more"],
  messenger: ["call", "video"],
  instagram: ["call", "video"],
  telegram: ["more"],
};

/** The bar over a chat: a picture of the app's, in which nothing can be tapped. */
export function ChatHeader({ platform, name }: { platform: PlatformName; name: string }) {
  return (
    <header className={styles.bar}>
      <span className={styles.tint}>
        <Glyph name="back" size={20} />
      </span>
      <span className={styles.avatar} aria-hidden="true">
        {[...name][0]?.toUpperCase()}
      </span>
      <span className={styles.who}>
        <span className={styles.name} dir="auto">
          {name}
        </span>
        <span className={styles.presence}>{words.presence[platform]}</span>
      </span>
      <span className={styles.signs}>
        {signs[platform].map((sign) => (
          <Glyph key={sign} name={sign} size={19} />
        ))}
      </span>
    </header>
  );
}
