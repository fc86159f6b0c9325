import assert from "node:assert/strict";
import { test } from "node:test";
import { whatItSays } from "./what-it-says.ts";

const whatsapp = (value: object) => ({
  object: "whatsapp_business_account",
  entry: [{ changes: [{ value }] }],
});
const page = (...messaging: object[]) => ({ object: "page", entry: [{ id: "1", messaging }] });

test("a webhook is named by what the platform tells in it", () => {
  assert.equal(whatItSays(whatsapp({ messages: [{ type: "interactive" }] })), "message interactive");
  assert.equal(
    whatItSays(whatsapp({ statuses: [{ status: "sent" }, { status: "delivered" }] })),
    "status sent, status delivered",
  );
  assert.equal(
    whatItSays(page({ sender: {}, postback: {} }, { message: { is_echo: true } })),
    "postback, echo",
  );
  assert.equal(whatItSays({ update_id: 1, callback_query: {} }), "callback_query");
  assert.equal(whatItSays({}), "");
});
