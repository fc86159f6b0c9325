/** What the platforms answer to a message that they took, as their documentation has it. */
export const answers = {
  whatsapp: JSON.stringify({
    messaging_product: "whatsapp",
    contacts: [{ input: "15550000001", wa_id: "15550000001" }],
    messages: [{ id: "wamid.HBgLMTU1NTAwMDAwMDEVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA" }],
  }),
  messenger: JSON.stringify({ recipient_id: "6514281234567890", message_id: "m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM" }),
  instagram: JSON.stringify({
    recipient_id: "1254477777772919",
    message_id: "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEO",
  }),
  telegram: JSON.stringify({
    ok: true,
    result: {
      message_id: 365,
      from: { id: 110201543, is_bot: true, first_name: "Bench", username: "bench_bot" },
      chat: { id: 15550000001, first_name: "Rita", type: "private" },
      date: 1441645532,
      text: "Your order",
    },
  }),
} as const;

const getMe = JSON.stringify({
  ok: true,
  result: { id: 110201543, is_bot: true, first_name: "Bench", username: "bench_bot" },
});

/** The body of the last request that a library made. */
export const last = { body: "" };

/**
 * In place of `fetch`: answers at once, with no more than what the libraries read of an answer. `whole` makes a real
 * `Response` of it, as any real `fetch` has to.
 */
export function atOnce(whole: boolean): typeof fetch {
  return async (input, init) => {
    last.body = String(init?.body ?? "");
    const url = String(input);
    const text = url.endsWith("/getMe") ? getMe : url.includes("/bot") ? answers.telegram : answers.whatsapp;
    if (whole) return new Response(text, { headers: { "content-type": "application/json" } });
    const light = { ok: true, status: 200, json: async () => JSON.parse(text), text: async () => text };
    return light as Response;
  };
}
