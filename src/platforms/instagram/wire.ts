/** The body of `POST /{version}/{page_id or ig_id}/messages`, without `metadata`. */
export type { SendBody } from "../meta/messaging/wire.ts";
