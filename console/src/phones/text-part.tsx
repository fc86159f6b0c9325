import { useState } from "react";
import { type Marked, slice } from "../../../src/core/marked.ts";
import { phones as words } from "../texts/phones.ts";
import styles from "./bubble-view.module.css";
import { MarkedText } from "./marked-text.tsx";
import { usePhone } from "./phone-context.ts";

/** From here on WhatsApp folds a text (seen on phones; Meta's pages do not say). */
const foldCharacters = 768;

/** The body of a message, which WhatsApp folds where it is long. */
export function TextPart({ text }: { text: Marked }) {
  const { platform } = usePhone();
  const [isWhole, setWhole] = useState(false);
  const isFolded = platform === "whatsapp" && !isWhole && text.text.length > foldCharacters;
  return (
    <div className={styles.text}>
      <MarkedText text={isFolded ? folded(text) : text} />
      {isFolded && (
        <button type="button" className={styles.more} onClick={() => setWhole(true)}>
          {words.readMore}
        </button>
      )}
    </div>
  );
}

/** The first words of it; never half of a sign. */
function folded(text: Marked): Marked {
  const cut = text.text.lastIndexOf(" ", foldCharacters);
  const end = cut > foldCharacters / 2 ? cut : foldCharacters;
  const isPair = /[\uD800-\uDBFF]/.test(text.text[end - 1] ?? "");
  const first = slice(text, 0, isPair ? end - 1 : end);
  return { text: `${first.text}…`, spans: first.spans };
}
