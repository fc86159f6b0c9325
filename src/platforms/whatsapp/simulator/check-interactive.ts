import { checkCarousel } from "./check-carousel.ts";
import { checkHeader, type KnowsMedia } from "./check-media.ts";
import { checkUrlAction } from "./check-url-action.ts";
import {
  array,
  at,
  exactly,
  type Fields,
  invalid,
  missing,
  object,
  optionalText,
  text,
  unique,
} from "./fields.ts";
import { GraphRefusal } from "./graph-error.ts";
import { limits } from "./limits.ts";

interface Form {
  /** Types that the header may have; none: no header. */
  header: readonly string[];
  body: number;
  footer: boolean;
  action: (action: Fields, where: string, knows: KnowsMedia) => void;
}

const anyHeader = ["text", "image", "video", "document"];
const actionAt = "interactive['action']";

/**
 * Meta documents only that titles are unique. One report of titles refused for differing by case alone (glific issue
 * 3684) came through a reseller, so here they pass, and the gateway warns.
 */
function checkButtons(action: Fields, where: string): void {
  object(action, where, ["buttons"]);
  const buttons = array(action.buttons, at(where, "buttons"));
  if (buttons.length < 1 || buttons.length > limits.buttons) {
    invalid(`Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: ${limits.buttons}`);
  }
  const replies = buttons.map((button, index) => {
    const here = at(at(where, "buttons"), index);
    const given = object(button, here, ["type", "reply"]);
    exactly(given.type, at(here, "type"), ["reply"]);
    const reply = object(given.reply, at(here, "reply"), ["id", "title"]);
    const replyAt = at(here, "reply");
    const id = text(reply.id, at(replyAt, "id"), { name: "Button id", max: limits.buttonId });
    if (id !== id.trim()) invalid("Button id may not begin or end with a space.");
    if (typeof reply.title !== "string") missing(at(replyAt, "title"));
    const length = [...reply.title].length;
    if (reply.title.trim() === "" || length > limits.buttonTitle) {
      invalid(`Button title length invalid. Min length: 1, Max length: ${limits.buttonTitle}`);
    }
    return { id, title: reply.title };
  });
  unique(
    replies.map((reply) => reply.id),
    "Buttons ids must be unique.",
  );
  unique(
    replies.map((reply) => reply.title),
    "Buttons titles must be unique.",
  );
}

function checkRow(value: unknown, where: string): string {
  const row = object(value, where, ["id", "title", "description"]);
  const id = text(row.id, at(where, "id"), { name: "Row id", max: limits.rowId });
  text(row.title, at(where, "title"), { name: "Row title", max: limits.rowTitle });
  optionalText(row.description, at(where, "description"), {
    name: "Row description",
    max: limits.rowDescription,
  });
  return id;
}

function checkList(action: Fields, where: string): void {
  object(action, where, ["button", "sections"]);
  text(action.button, at(where, "button"), { name: "Button label", max: limits.listButton });
  const sections = array(action.sections, at(where, "sections"));
  if (sections.length < 1 || sections.length > limits.sections) {
    invalid(`Invalid sections count. Min allowed sections: 1, Max allowed sections: ${limits.sections}`);
  }
  const ids = sections.flatMap((value, index) => {
    const here = at(at(where, "sections"), index);
    const section = object(value, here, ["title", "rows"]);
    const titled = { name: "Section title", max: limits.sectionTitle };
    if (sections.length > 1) text(section.title, at(here, "title"), titled);
    else optionalText(section.title, at(here, "title"), titled);
    const rows = array(section.rows, at(here, "rows"));
    if (rows.length === 0) missing(at(at(here, "rows"), 0));
    return rows.map((row, position) => checkRow(row, at(at(here, "rows"), position)));
  });
  if (ids.length > limits.rows) invalid(`Total row count exceed max allowed count: ${limits.rows}`);
  unique(ids, "Row ids must be unique.");
}

function checkLocationRequest(action: Fields, where: string): void {
  object(action, where, ["name"]);
  exactly(action.name, at(where, "name"), ["send_location"]);
}

const addressFields = [
  "name",
  "phone_number",
  "in_pin_code",
  "house_number",
  "floor_number",
  "tower_number",
  "building_name",
  "address",
  "landmark_area",
  "city",
  "state",
];

function checkAddressFields(value: unknown, where: string, form: "values" | "errors"): void {
  if (value === undefined) return;
  const given = object(value, where, addressFields);
  for (const [key, item] of Object.entries(given)) {
    const max = form === "values" && key === "in_pin_code" ? limits.pinCode : undefined;
    text(item, at(where, key), { name: key, max });
  }
}

function checkAddress(action: Fields, where: string): void {
  object(action, where, ["name", "parameters"]);
  exactly(action.name, at(where, "name"), ["address_message"]);
  const here = at(where, "parameters");
  const known = ["country", "values", "saved_addresses", "validation_errors"];
  const parameters = object(action.parameters, here, known);
  const country = text(parameters.country, at(here, "country"), { name: "Country" });
  if (country !== "IN") invalid("Address messages are available for country IN only.");
  checkAddressFields(parameters.values, at(here, "values"), "values");
  checkAddressFields(parameters.validation_errors, at(here, "validation_errors"), "errors");
  if (parameters.saved_addresses === undefined) return;
  const savedAt = at(here, "saved_addresses");
  const ids = array(parameters.saved_addresses, savedAt).map((value, index) => {
    const saved = object(value, at(savedAt, index), ["id", "value"]);
    checkAddressFields(
      object(saved.value, at(at(savedAt, index), "value")),
      at(at(savedAt, index), "value"),
      "values",
    );
    return text(saved.id, at(at(savedAt, index), "id"), { name: "Saved address id" });
  });
  unique(ids, "Saved address ids must be unique.");
}

const flowFields = [
  "flow_message_version",
  "flow_id",
  "flow_name",
  "flow_cta",
  "flow_token",
  "mode",
  "flow_action",
  "flow_action_payload",
];

function checkFlow(action: Fields, where: string): void {
  object(action, where, ["name", "parameters"]);
  exactly(action.name, at(where, "name"), ["flow"]);
  const here = at(where, "parameters");
  const given = object(action.parameters, here, flowFields);
  exactly(given.flow_message_version, at(here, "flow_message_version"), ["3"]);
  const cta = text(given.flow_cta, at(here, "flow_cta"), { name: "Flow CTA", max: limits.flowCta });
  if (/\p{Extended_Pictographic}/u.test(cta)) invalid("Flow CTA may not contain emoji.");
  if ((given.flow_id === undefined) === (given.flow_name === undefined)) {
    throw new GraphRefusal(
      131008,
      `Exactly one of ${at(here, "flow_id")} and ${at(here, "flow_name")} is required.`,
    );
  }
  for (const key of ["flow_id", "flow_name", "flow_token"])
    optionalText(given[key], at(here, key), { name: key });
  if (given.mode !== undefined) exactly(given.mode, at(here, "mode"), ["draft", "published"]);
  const actions = ["navigate", "data_exchange"];
  if (given.flow_action !== undefined) exactly(given.flow_action, at(here, "flow_action"), actions);
  if (given.flow_action_payload !== undefined) checkFlowPayload(given, at(here, "flow_action_payload"));
}

function checkFlowPayload(flow: Fields, where: string): void {
  if (flow.flow_action === "data_exchange") invalid(`${where} is allowed with flow_action navigate only.`);
  const payload = object(flow.flow_action_payload, where, ["screen", "data"]);
  optionalText(payload.screen, at(where, "screen"), { name: "Screen" });
  if (payload.data === undefined) return;
  if (Object.keys(object(payload.data, at(where, "data"))).length === 0) {
    invalid(`${at(where, "data")} may not be empty.`);
  }
}

const forms: Record<string, Form> = {
  button: { header: anyHeader, body: limits.body, footer: true, action: checkButtons },
  list: { header: ["text"], body: limits.listBody, footer: true, action: checkList },
  cta_url: { header: anyHeader, body: limits.body, footer: true, action: checkUrlAction },
  carousel: { header: [], body: limits.body, footer: false, action: checkCarousel },
  location_request_message: { header: [], body: limits.body, footer: false, action: checkLocationRequest },
  address_message: { header: anyHeader, body: limits.body, footer: true, action: checkAddress },
  flow: { header: anyHeader, body: limits.body, footer: true, action: checkFlow },
};

/** Refuses an `interactive` that Meta would refuse, with Meta's sentence. */
export function checkInteractive(value: unknown, knows: KnowsMedia): void {
  const where = "interactive";
  const given = object(value, where);
  const type = exactly(given.type, at(where, "type"), Object.keys(forms));
  const form = forms[type] as Form;
  const parts = ["type", "body", "action"];
  if (form.header.length > 0) parts.push("header");
  if (form.footer) parts.push("footer");
  object(given, where, parts);
  if (given.header !== undefined) checkHeader(given.header, form.header, knows);
  const body = object(given.body, at(where, "body"), ["text"]);
  text(body.text, at(at(where, "body"), "text"), { name: "Body text", max: form.body });
  if (given.footer !== undefined) {
    const footer = object(given.footer, at(where, "footer"), ["text"]);
    text(footer.text, at(at(where, "footer"), "text"), { name: "Footer text", max: limits.footer });
  }
  form.action(object(given.action, actionAt), actionAt, knows);
}
