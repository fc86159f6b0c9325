import type { JsonObject } from "../../core/json.ts";
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

/** The answer to an accepted message. */
export interface SendAnswer {
  messaging_product: "whatsapp";
  contacts: { input: string; wa_id?: string; user_id?: string }[];
  messages: { id: string; message_status?: string }[];
}

/** The answer to a refused request of any kind. */
export interface ErrorAnswer {
  error: {
    message: string;
    type?: string;
    code: number;
    error_subcode?: number;
    error_data?: { messaging_product?: string; details?: string } | string;
    is_transient?: boolean;
    fbtrace_id?: string;
  };
}

/** What Meta posts to a webhook. */
export interface WebhookBody {
  object: "whatsapp_business_account";
  entry: WebhookEntry[];
}
export interface WebhookEntry {
  /** The WhatsApp Business Account's id. */
  id: string;
  changes: WebhookChange[];
}
export interface WebhookChange {
  field: string;
  value: WebhookValue;
}
export interface WebhookValue {
  messaging_product: "whatsapp";
  metadata: { display_phone_number: string; phone_number_id: string };
  contacts?: WebhookContact[];
  messages?: WebhookMessage[];
  statuses?: WebhookStatus[];
  errors?: WebhookError[];
  message_echoes?: WebhookMessage[];
}

/** A person, with what Meta may tell of them: `wa_id` is missing where a username hides the phone. */
export interface WebhookContact {
  profile?: { name?: string; username?: string };
  wa_id?: string;
  user_id?: string;
  parent_user_id?: string;
}

/** A message of a person: `type`, and the object of that name. */
export interface WebhookMessage {
  id: string;
  /** Seconds since 1970, as text. */
  timestamp: string;
  type: string;
  from?: string;
  from_user_id?: string;
  from_parent_user_id?: string;
  group_id?: string;
  context?: { from?: string; id?: string; forwarded?: boolean };
  [object: string]: unknown;
}

export interface WebhookStatus {
  id: string;
  status: string;
  timestamp: string;
  recipient_id?: string;
  recipient_user_id?: string;
  biz_opaque_callback_data?: string;
  errors?: WebhookError[];
  conversation?: JsonObject;
  pricing?: JsonObject;
}

export interface WebhookError {
  code: number;
  title?: string;
  message?: string;
  error_data?: { details?: string };
  href?: string;
}
