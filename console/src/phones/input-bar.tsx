import { type FormEvent, useState } from "react";
import type { PlatformName } from "../../../src/core/platform.ts";
import { phones as words } from "../texts/phones.ts";
import { Glyph, type GlyphName } from "./glyph.tsx";
import styles from "./input-bar.module.css";

const signs: Record<PlatformName, { before: GlyphName[]; inside: GlyphName[]; after: GlyphName[] }> = {
  whatsapp: { before: [], inside: ["attach", "camera"], after: ["microphone"] },
  messenger: { before: ["plus", "camera"], inside: ["emoji"], after: ["send"] },
  instagram: { before: [], inside: ["microphone", "image", "emoji"], after: [] },
  telegram: { before: [], inside: ["attach", "microphone"], after: [] },
};

interface InputProps {
  platform: PlatformName;
  onSay?(text: string): void;
}

/** Where a person writes; where nobody is there to write, a picture of it. */
export function InputBar({ platform, onSay }: InputProps) {
  const [text, setText] = useState("");
  const { before, inside, after } = signs[platform];
  function say(event: FormEvent): void {
    event.preventDefault();
    if (text.trim() === "") return;
    onSay?.(text);
    setText("");
  }
  if (!onSay)
    return (
      <div className={styles.bar} aria-hidden="true">
        <Signs names={before} />
        <span className={styles.field}>
          <span className={styles.hint}>{words.input[platform]}</span>
          <Signs names={inside} />
        </span>
        {after.length > 0 && <Signs names={after} className={styles.round} />}
      </div>
    );
  return (
    <form className={styles.bar} onSubmit={say}>
      <Signs names={before} />
      <span className={styles.field}>
        <input
          className={styles.input}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={words.input[platform]}
          aria-label={words.input[platform]}
          dir="auto"
        />
      </span>
      <button type="submit" className={styles.round} aria-label={words.ours.send}>
        <Glyph name="send" size={19} />
      </button>
    </form>
  );
}

function Signs({ names, className = styles.signs }: { names: readonly GlyphName[]; className?: string }) {
  return (
    <span className={className} aria-hidden="true">
      {names.map((name) => (
        <Glyph key={name} name={name} size={21} />
      ))}
    </span>
  );
}
