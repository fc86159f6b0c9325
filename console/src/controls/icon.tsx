import styles from "./icon.module.css";

/** Of 16 × 16, drawn as lines in the colour of the text. */
const drawings = {
  overview: "M2 13.5h12M4 11V7.5M8 11V3.5M12 11V6",
  compose: "M11.3 2.7a1.4 1.4 0 0 1 2 2L6 12l-3 .8.8-3zM9.8 4.2l2 2",
  phones:
    "M4.5 1.5h5a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM6.2 12.3h1.6M12.5 4.5v7",
  messages: "M2.5 3.5h11v7.2h-6L4.5 13v-2.3h-2zM5 6h6M5 8.2h4",
  conversations: "M1.8 3h8.4v5.6H6L3.8 10.4V8.6h-2zM6 11h4.2l2.4 1.9V11h1.6V5.6h-1.6",
  channels:
    "M8 8.2v6M5.2 5.4a4 4 0 0 0 0 5.6M10.8 5.4a4 4 0 0 1 0 5.6M3 3.2a7 7 0 0 0 0 10M13 3.2a7 7 0 0 1 0 10M8 7.2h.01",
  endpoints: "M2 8h8M7 4.5 10.5 8 7 11.5M13.5 3v10",
  keys: "M7.3 8.7a3 3 0 1 1-1.8-1.9L11.6.9M9.5 3l2.6 2.6M7.8 8.2l5-5",
  search: "M7 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6zM10.5 10.5 14 14",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  close: "m3.5 3.5 9 9M12.5 3.5l-9 9",
  check: "m2.8 8.5 3.4 3.4 7-7.6",
  copy: "M6 5.5h7.5V14H6zM3 10.5H2.5V2H10v1",
  "chevron-down": "m3.5 6 4.5 4.5L12.5 6",
  "chevron-up": "m3.5 10 4.5-4.5L12.5 10",
  "chevron-right": "m6 3.5 4.5 4.5L6 12.5",
  "chevron-left": "M10 3.5 5.5 8l4.5 4.5",
  "arrow-right": "M2.5 8h11M9 3.5 13.5 8 9 12.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  external: "M9 2.5h4.5V7M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4",
  refresh: "M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5v3h-3",
  pause: "M5.5 3v10M10.5 3v10",
  play: "M4.5 2.8v10.4L13 8z",
  alert: "M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.6h.01",
  info: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 7.3v3.6M8 5h.01",
  help: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM6.2 6.2a1.9 1.9 0 1 1 2.7 1.9c-.6.3-.9.6-.9 1.2M8 11.3h.01",
  light:
    "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.2v1.3M8 13.5v1.3M1.2 8h1.3M13.5 8h1.3M3.2 3.2l.9.9M11.9 11.9l.9.9M3.2 12.8l.9-.9M11.9 4.1l.9-.9",
  dark: "M13.5 9.7A5.8 5.8 0 0 1 6.3 2.5a5.8 5.8 0 1 0 7.2 7.2z",
  system: "M2 2.8h12v8H2zM5.5 13.5h5M8 10.8v2.7",
  "sign-out": "M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3",
  menu: "M2 4h12M2 8h12M2 12h12",
  trash: "M2.5 4h11M6 4V2.3h4V4M4 4l.6 9.7h6.8L12 4M6.7 6.8v4.4M9.3 6.8v4.4",
  edit: "M11.3 2.7a1.4 1.4 0 0 1 2 2L6 12l-3 .8.8-3z",
  link: "M6.5 9.5a2.8 2.8 0 0 0 4 0l2.2-2.2a2.8 2.8 0 0 0-4-4l-.7.7M9.5 6.5a2.8 2.8 0 0 0-4 0L3.3 8.7a2.8 2.8 0 0 0 4 4l.7-.7",
  send: "M14 2 7 9M14 2 9.5 14 7 9 2 6.5z",
  clock: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.5V8l2.4 1.6",
  filter: "M2 3.5h12M4.5 8h7M6.5 12.5h3",
  bolt: "M9 1.5 3 9h4.5L7 14.5 13 7H8.5z",
  location:
    "M8 1.5a4.6 4.6 0 0 1 4.6 4.6C12.6 9.5 8 14.5 8 14.5S3.4 9.5 3.4 6.1A4.6 4.6 0 0 1 8 1.5zM8 4.6a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z",
  block: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM3.7 3.7l8.6 8.6",
  reply: "M6.5 3.5 2.5 7.5l4 4M2.5 7.5h6.5a4.5 4.5 0 0 1 4.5 4.5v.5",
} as const;

export type IconName = keyof typeof drawings;

/** One of the console's own drawings; it says nothing to a screen reader: what it stands beside does. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className={styles.icon} viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}
