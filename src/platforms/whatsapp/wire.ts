import type { ContentByType, ContentType } from "../../core/message.ts";

/** The body of `POST /{version}/{phone_number_id}/messages`. Exactly one content object, named by `type`. */
export type SendBody = {
  messaging_product: "whatsapp";
  recipient_type: "individual";
  /** `+` and digits; without the `+` Meta prepends the business's own country code. */
  to?: string;
  /** A business-scoped user id: in `to` it would be taken for a phone number and dropped in silence. */
  recipient?: string;
  type: ContentType;
  context?: { message_id: string };
  /** Comes back in every status of the message; at most 512 characters. */
  biz_opaque_callback_data?: string;
} & { [T in ContentType]?: ContentByType[T] };
