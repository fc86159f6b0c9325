import assert from "node:assert/strict";
import { test } from "node:test";
import { says, searchable } from "./search.ts";

const list = {
  interactive: {
    type: "list",
    header: { type: "image", image: { link: "https://files.example/pizza.jpg" } },
    body: { text: "Was möchten Sie?" },
    action: { button: "View", sections: [{ rows: [{ id: "MARGHERITA_1", title: "Margherita 🍕" }] }] },
  },
};

test("a text is found in any case and any form of Unicode, in bodies, titles and ids of options", () => {
  for (const wanted of ["MÖCHTEN", "mo\u0308chten sie", "margherita 🍕", "herita_1", "ｖｉｅｗ"])
    assert.ok(says(list, searchable(wanted)), wanted);
});

test("names of forms, addresses of files and names of fields are not found", () => {
  for (const wanted of ["list", "pizza.jpg", "interactive", "sections"])
    assert.ok(!says(list, searchable(wanted)), wanted);
});
