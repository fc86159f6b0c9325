/** The body of `POST /{version}/{page_id}/messages`. */
export type { SendBody } from "../meta/messaging/wire.ts";
