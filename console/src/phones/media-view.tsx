import type { CSSProperties } from "react";
import { phones as words } from "../texts/phones.ts";
import { Glyph, type GlyphName } from "./glyph.tsx";
import { nameOf } from "./media-name.ts";
import styles from "./media-view.module.css";
import type { Media } from "./screen.ts";

const signs: Record<Media["type"], GlyphName> = {
  image: "image",
  video: "play",
  animation: "play",
  video_note: "play",
  audio: "play",
  voice: "play",
  document: "document",
  sticker: "sticker",
};

/** A file as the app would show it, without the file: its kind and its name stand for it. */
export function MediaView({ media, inCard = false }: { media: Media; inCard?: boolean }) {
  const kind = words.files[media.type] ?? words.files.document;
  const name = nameOf(media);
  if (media.type === "document") return <DocumentView kind={kind} name={name} />;
  if (media.type === "voice" || media.type === "audio") return <SoundView media={media} kind={kind} />;
  const shape = media.type === "sticker" || media.type === "video_note" ? styles[media.type] : styles.picture;
  return (
    <div className={`${shape} ${inCard ? styles.inCard : ""}`} role="img" aria-label={`${kind}: ${name}`}>
      <span className={media.type === "image" || media.type === "sticker" ? styles.sign : styles.play}>
        <Glyph name={signs[media.type]} size={26} />
      </span>
      <span className={styles.name} dir="auto">
        {name}
      </span>
    </div>
  );
}

function DocumentView({ kind, name }: { kind: string; name: string }) {
  const ending = /\.(\w{1,5})$/.exec(name)?.[1]?.toUpperCase();
  return (
    <div className={styles.document}>
      <span className={styles.paper}>
        <Glyph name="document" size={22} />
      </span>
      <span className={styles.about}>
        <span className={styles.filename} dir="auto">
          {name}
        </span>
        <span className={styles.kind}>{ending ?? kind}</span>
      </span>
    </div>
  );
}

/** Heights of the bars of a made-up wave, in per cent. */
const wave = [30, 55, 80, 45, 65, 95, 70, 40, 60, 85, 50, 35, 75, 90, 55, 30, 65, 45, 80, 50, 35, 60, 40, 25];

function SoundView({ media, kind }: { media: Media; kind: string }) {
  return (
    <div className={styles.sound}>
      <span className={styles.playSound}>
        <Glyph name="play" size={20} />
      </span>
      <span className={styles.about}>
        {media.type === "voice" ? (
          <span className={styles.wave} role="img" aria-label={kind}>
            {wave.map((height, index) => (
              <i
                // biome-ignore lint/suspicious/noArrayIndexKey: bars are known by their place alone
                key={index}
                style={{ "--height": `${height}%` } as CSSProperties}
              />
            ))}
          </span>
        ) : (
          <span className={styles.kind}>{kind}</span>
        )}
        <span className={styles.filename} dir="auto">
          {nameOf(media)}
        </span>
      </span>
    </div>
  );
}
