import type { Marked } from "../../../src/core/marked.ts";
import type { Place } from "../../../src/core/message.ts";
import type { PlatformName } from "../../../src/core/platform.ts";

/**
 * What stands on a person's screen, whichever way it is known: from the calls that a platform would get
 * (`screenOfCalls`), or from what the simulator says is there (`screenOfSimulator`). The phones draw nothing else.
 */
export interface Screen {
  platform: PlatformName;
  /** Oldest first. */
  bubbles: Bubble[];
  /** Offered over the input bar, under the newest message alone. */
  quickReplies?: Controls;
  /** Takes the place of the person's own keyboard. */
  keyboard?: Controls & { rows: number[][] };
}

/** Controls that hang on a bubble without standing in it. */
export interface Controls {
  bubble: string;
  controls: Control[];
}

export interface Bubble {
  /** The simulator's id of the message, or `call-0` by the call's place. */
  id: string;
  from: "business" | "person";
  /** Top to bottom. */
  parts: Part[];
  quote?: Quote;
  reactions?: Reaction[];
  edited?: boolean;
  /** Milliseconds since 1970; without it no time is shown. */
  at?: number;
  /** The ticks beside what the person's own phone sent are always of something read: the business's have none. */
  read?: boolean;
}

export interface Reaction {
  from: "business" | "person";
  emoji: string;
}

/** The message that a bubble answers, as far as it is known. */
export interface Quote {
  bubble?: string;
  from?: "business" | "person";
  /** Its first words, or what it is. */
  text?: string;
}

export type Part =
  | { kind: "header"; text: Marked }
  | { kind: "text"; text: Marked }
  | { kind: "footer"; text: Marked }
  | { kind: "media"; media: Media }
  /** `rows`: which controls stand side by side, by their place in `controls`. */
  | { kind: "controls"; look: "buttons" | "template" | "keyboard"; controls: Control[]; rows: number[][] }
  | { kind: "list"; control: Control; sections: Section[] }
  | { kind: "cards"; look: "carousel" | "template"; cards: Card[] }
  | { kind: "poll"; poll: Poll }
  | { kind: "place"; place: Place }
  | { kind: "contacts"; contacts: Contact[] }
  /** A line in the middle of the chat, in the app's own words: nothing that anybody wrote. */
  | { kind: "service"; service: "reaction" | "reaction_removed" };

export type MediaType =
  | "image"
  | "video"
  | "audio"
  | "voice"
  | "document"
  | "sticker"
  | "animation"
  | "video_note";

/** A file by its name and kind. Nothing is ever loaded from `link`. */
export interface Media {
  type: MediaType;
  link?: string;
  id?: string;
  filename?: string;
}

export type ControlKind = "reply" | "url" | "list" | "location" | "flow" | "address";

export interface Control {
  label: string;
  kind: ControlKind;
  url?: string;
  /** As the simulator names it in a tap: the place among the message's buttons, or among those of a card. */
  button: { card?: number; button: number };
}

export interface Section {
  title?: string;
  rows: { title: string; description?: string }[];
}

export interface Card {
  media?: Media;
  title?: string;
  text?: Marked;
  controls: Control[];
}

export interface Poll {
  question: string;
  description?: string;
  options: { text: string; voted: boolean }[];
  anonymous: boolean;
  multiple: boolean;
  closed: boolean;
}

export interface Contact {
  name: string;
  phones: string[];
}

/** What a person does on a phone. `bubble` is the id of a bubble. */
export type PhoneAct =
  | { act: "tap"; bubble: string; control: Control }
  /** `row`: its place in the whole list, from 0. */
  | { act: "choose"; bubble: string; row: number; title: string }
  /** All that is voted for now; none takes the vote back. */
  | { act: "vote"; bubble: string; options: string[] }
  /** Where a link would lead; nothing is opened. */
  | { act: "follow"; bubble: string; url: string }
  | { act: "open_list"; bubble: string }
  | { act: "scroll"; bubble: string; card: number }
  | { act: "say"; text: string }
  | { act: "react"; bubble: string; emoji: string };
