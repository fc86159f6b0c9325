import type { Post } from "./plan.ts";

/** The body of `POST /v1/messages`. The label stands in each of its calls. */
export function bodyOf({ label, account, to, kind, ...wish }: Post): object {
  return {
    from: account.channelId,
    to,
    content: contents[kind](label),
    metadata: { label },
    ...(wish.ttlSeconds && { ttl_seconds: wish.ttlSeconds }),
    ...(wish.onAmbiguous && { on_ambiguous: wish.onAmbiguous }),
    ...(wish.strictOrder && { options: { whatsapp: { strict_order: true } } }),
  };
}

const contents: Record<Post["kind"], (label: string) => object> = {
  text: (label) => ({ text: { body: `${label} is on its way` } }),
  button: (label) => ({ interactive: { ...asking(label), body: { text: `${label} asks` } } }),
  captioned: (label) => ({ image: { ...picture(label), caption: `${label} shows` } }),
  /** Two calls on Messenger and on Telegram, which takes 1024 characters under a picture. */
  long: (label) => ({
    interactive: {
      ...asking(label),
      header: { type: "image", image: picture(label) },
      body: { text: `${label} tells `.repeat(100).slice(0, 1020) },
      footer: { text: `${label} ends` },
    },
  }),
};

function asking(label: string): object {
  return { type: "button", action: { buttons: [{ type: "reply", reply: { id: label, title: "Yes" } }] } };
}

function picture(label: string): object {
  return { link: `https://files.example.com/${label}/a.jpg` };
}
