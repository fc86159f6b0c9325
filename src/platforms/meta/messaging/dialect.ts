import type { RenderOptions } from "../../../core/message.ts";
import type { SplitLimit } from "../../../core/split.ts";
import type { AttachmentType } from "./wire.ts";

/** What tells Messenger and Instagram apart when the same message is drawn on both. */
export interface Dialect {
  title: string;
  /** Of a text message. */
  maxText: SplitLimit;
  /** Of the text of a button template: each of them holds. */
  maxTemplateText: readonly SplitLimit[];
  /** How reply buttons are drawn; `fits`: their text is within `maxTemplateText`. */
  replyButtons(options: RenderOptions, fits: boolean): "template" | "quick_replies";
  /** How long and where quick replies are seen, to end a sentence. */
  quickReplies: string;
  /** True where a message's `metadata` comes back in its echo. */
  echoesMetadata: boolean;
  /** The file name endings that are taken, where the platform names them; a document of another kind is not sent. */
  formats: Partial<Record<AttachmentType, readonly string[]>>;
}

/** Code points and items of templates and quick replies, alike on both; `capabilities` has the pages. */
export const templateLimits = {
  buttonText: 640,
  buttonTitle: 20,
  cardTitle: 80,
  cardSubtitle: 80,
  quickReplies: 13,
} as const;
