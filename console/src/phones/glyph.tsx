import styles from "./glyph.module.css";

/** Drawn here on a grid of 24: no app's own picture. */
const paths = {
  back: "M15 5l-7 7 7 7",
  video: "M3 7h12v10H3zM15 10.5l6-3.5v10l-6-3.5",
  call: "M6 3l3 5-2 2c1 3 4 6 7 7l2-2 5 3-1 3c-9 2-19-8-17-17z",
  more: "M12 5v.01M12 12v.01M12 19v.01",
  close: "M6 6l12 12M18 6L6 18",
  attach: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.5a1.7 1.7 0 0 1-2.5-2.5L15 7",
  plus: "M12 5v14M5 12h14",
  emoji: "M12 3a9 9 0 1 0 .01 0M9 10v.01M15 10v.01M8 14.5c2 3 6 3 8 0",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10a3.2 3.2 0 1 0 .01 0",
  microphone: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3M6 11a6 6 0 0 0 12 0M12 17v4",
  send: "M4 12L3 4l19 8-19 8 1-8zM4 12h9",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.01",
  play: "M8 5l11 7-11 7z",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  download: "M12 4v12M6 11l6 6 6-6",
  list: "M9 6h11M9 12h11M9 18h11M4 6v.01M4 12v.01M4 18v.01",
  reply: "M10 6L4 12l6 6M4 12h9c5 0 7 3 7 7",
  link: "M14 4h6v6M20 4L10 14M18 14v6H4V6h6",
  arrow: "M8 16l8-8M9 8h7v7",
  pin: "M12 21c5-6 7-9 7-12a7 7 0 0 0-14 0c0 3 2 6 7 12zM12 6.5a2.5 2.5 0 1 0 .01 0",
  form: "M5 4h14v16H5zM8 9h8M8 13h8M8 17h4",
  person: "M12 4a4 4 0 1 0 .01 0M4 21c0-5 3.5-8 8-8s8 3 8 8",
  check: "M5 12.5l4.5 4.5L19 7.5",
  ticks: "M1.5 12.5L6 17l8.5-9.5M10.5 16l1 1L20.5 7.5",
  left: "M15 6l-6 6 6 6",
  right: "M9 6l6 6-6 6",
  sticker: "M5 4h14v9l-6 6H5zM13 19v-6h6",
} as const;

export type GlyphName = keyof typeof paths;

/** A small sign that says nothing to a screen reader: what it stands beside does. */
export function Glyph({ name, size = 20 }: { name: GlyphName; size?: number }) {
  return (
    <svg className={styles.glyph} viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
