export { interpret } from "../meta/messaging/interpret.ts";
