/**
 * The shapes of the Send API that both Messenger and Instagram take, as
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages has them (read
 * 2026-11-21). Only what this project writes.
 */

export type Button =
  | { type: "postback"; title: string; payload: string }
  | { type: "web_url"; title: string; url: string };

export interface QuickReply {
  content_type: "text";
  title: string;
  payload: string;
}

/** A card of a generic template. It needs a title and at least one thing more. */
export interface Element {
  title: string;
  subtitle?: string;
  image_url?: string;
  /** What a tap on the card itself opens. */
  default_action?: { type: "web_url"; url: string };
  buttons?: Button[];
}

export type AttachmentType = "image" | "video" | "audio" | "file";

export type Attachment =
  | { type: AttachmentType; payload: { url: string } | { attachment_id: string } }
  | { type: "template"; payload: { template_type: "button"; text: string; buttons: Button[] } }
  | { type: "template"; payload: { template_type: "generic"; elements: Element[] } };

/** Either a text or an attachment. */
export interface Message {
  text?: string;
  attachment?: Attachment;
  quick_replies?: QuickReply[];
  /** Messenger alone: under 1000 characters, which come back in the message's echo. */
  metadata?: string;
}

export type SendBody = { recipient: { id: string } } & (
  | {
      messaging_type: "RESPONSE" | "MESSAGE_TAG";
      /** Up to seven days after the person's last message, for what a human wrote. */
      tag?: "HUMAN_AGENT";
      message: Message;
      /** The message that this one quotes. */
      reply_to?: { mid: string };
    }
  | { sender_action: "react"; payload: { message_id: string; reaction: string } }
  | { sender_action: "unreact"; payload: { message_id: string } }
);
