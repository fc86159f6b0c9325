import type { Place } from "./message.ts";

// What a simulated person's screen shows: the shapes of `GET /simulator/people/{id}/screen`.

type ScreenButtonKind = "reply" | "url" | "list" | "location" | "flow" | "address";
export interface ScreenButton {
  label: string;
  kind: ScreenButtonKind;
  url?: string;
  /** Where it stands, when that is not in the message: over the input bar, or in place of the person's keyboard. */
  place?: "quick_reply" | "keyboard";
  /** The row that it stands in, counted from 0, of a keyboard in which several share one; else each has its own. */
  row?: number;
}
/** How a stretch of the text looks, where the platform tells it apart from the text: UTF-16 units, `end` not included. */
export interface ScreenSpan {
  start: number;
  end: number;
  style: "bold" | "italic" | "strike" | "mono" | "code";
}
export interface ScreenMedia {
  type: string;
  /** A voice note, which stands as a wave. */
  voice?: true;
  link?: string;
  id?: string;
  filename?: string;
}
export interface ScreenCard {
  media?: ScreenMedia;
  title?: string;
  text?: string;
  buttons: ScreenButton[];
}
export interface ScreenPoll {
  question: string;
  description?: string;
  options: { text: string; voted?: boolean }[];
  anonymous?: true;
  /** Takes several answers. */
  multiple?: true;
  closed?: true;
}
/** What a person sees of one message, drawn from the platform's native call. */
export interface ScreenView {
  header?: string;
  text?: string;
  spans?: ScreenSpan[];
  footer?: string;
  media?: ScreenMedia;
  buttons?: ScreenButton[];
  list?: { button: string; sections: { title?: string; rows: { title: string; description?: string }[] }[] };
  cards?: ScreenCard[];
  poll?: ScreenPoll;
  location?: Place;
  contacts?: { name: string; phones: string[] }[];
  /** The screen id of the message that is quoted. */
  quotes?: string;
  reactions?: { from: "business" | "person"; emoji: string }[];
  edited?: boolean;
}
