import { scopedAddress } from "../meta/messaging/address.ts";

export const address = scopedAddress("page");
