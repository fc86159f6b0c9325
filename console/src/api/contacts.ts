import { request } from "./request.ts";

/** Of `GET /v1/contacts/{id}`; of one that was erased there is neither name nor address. */
export interface Contact {
  id: string;
  channel: string;
  name?: string;
  username?: string;
  addresses?: string[];
}

export function readContact(id: string, signal?: AbortSignal) {
  return request<Contact>(`/v1/contacts/${encodeURIComponent(id)}`, { signal });
}
