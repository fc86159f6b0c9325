import type { ButtonInteractive, CarouselInteractive, Header, ListInteractive } from "./message.ts";

type Made<Type> = { interactive: Type };

const media: Record<"image" | "video" | "document", Header> = {
  image: { type: "image", image: { link: "https://example.com/banner.jpg" } },
  video: { type: "video", video: { link: "https://example.com/presentation.mp4" } },
  document: {
    type: "document",
    document: { link: "https://example.com/terms.pdf", filename: "terms of use.pdf" },
  },
};

function buttons(body: string, ...titles: [id: string, title: string][]): ButtonInteractive {
  const replies = titles.map(([id, title]) => ({ type: "reply" as const, reply: { id, title } }));
  return { type: "button", body: { text: body }, action: { buttons: replies } };
}

/** Reply buttons under a header of this kind. */
export function withHeader(kind: keyof typeof media): Made<ButtonInteractive> {
  const message = buttons("How can I help you?", ["SUPPORT", "Support"], ["SALES", "Sales"]);
  return { interactive: { ...message, header: media[kind], footer: { text: "Reply with an option" } } };
}

const courses = ["Starters", "Soups", "Pasta", "Fish", "Desserts"];

/** A list at its limits: ten rows in five sections, each with a description of 72 characters. */
export function tenRows(): Made<ListInteractive> {
  const describe = "Served with bread, olive oil and a salad of the season from the garden.";
  const sections = courses.map((title, section) => ({
    title,
    rows: [1, 2].map((row) => ({
      id: `dish_${section * 2 + row}`,
      title: `${title}, dish ${row}`,
      description: describe,
    })),
  }));
  return {
    interactive: {
      type: "list",
      header: { type: "text", text: "Everything that we cook tonight" },
      body: { text: "Choose one of ten dishes" },
      footer: { text: "The kitchen closes at 10 PM" },
      action: { button: "View all dishes", sections },
    },
  };
}

/** A carousel of ten cards with a URL button each. */
export function tenCards(): Made<CarouselInteractive> {
  const cards = Array.from({ length: 10 }, (_, index) => ({
    card_index: index,
    type: "cta_url" as const,
    header: { type: "image" as const, image: { link: `https://example.com/plant-${index}.jpg` } },
    body: { text: `*Succulent ${index + 1}*\n\nGrows slowly, and wants little water.` },
    action: {
      name: "cta_url" as const,
      parameters: { display_text: "Buy now", url: `https://shop.example.com/plants/${index}` },
    },
  }));
  return { interactive: { type: "carousel", body: { text: "Our ten best plants" }, action: { cards } } };
}

const prose =
  "Your order has left our warehouse and is on its way. The courier will ring once; if nobody opens, it goes to the nearest shop. ";

/** Buttons under a body of exactly so many characters. */
export function long(characters: number): Made<ButtonInteractive> {
  const whole = prose.repeat(Math.ceil(characters / prose.length));
  const body = `${whole.slice(0, characters - 1).trimEnd()}`.padEnd(characters - 1, ".");
  return { interactive: buttons(`${body}.`, ["home", "I am at home"], ["shop", "Bring it to a shop"]) };
}

/** A list in Arabic with Latin names and numbers in it. */
export function rightToLeft(): Made<ListInteractive> {
  return {
    interactive: {
      type: "list",
      header: { type: "text", text: "قائمة مطعمنا" },
      body: { text: "اختر طبقًا من القائمة. التوصيل من Café Aroma مجاني فوق 50 دولارًا." },
      footer: { text: "متاح حتى الساعة 10 مساءً" },
      action: {
        button: "عرض الخيارات",
        sections: [
          {
            title: "الأطباق الرئيسية",
            rows: [
              { id: "dish_1", title: "ستيك مشوي", description: "مع البطاطس والسلطة" },
              { id: "dish_2", title: "ريزوتو Shrimp", description: "يكفي لشخصين" },
            ],
          },
          {
            title: "الحلويات",
            rows: [{ id: "dessert_1", title: "كعكة الشوكولاتة", description: "مع آيس كريم الفانيليا" }],
          },
        ],
      },
    },
  };
}

/** Buttons whose emoji are of several code points each. */
export function withEmoji(): Made<ButtonInteractive> {
  const message = buttons(
    "How was your stay? 🏨✨ A 👨‍👩‍👧‍👦 room, a 🧑🏽‍🍳 and a 🏳️‍🌈 bar: *tell us* _honestly_.",
    ["good", "👍🏽 Loved it"],
    ["fine", "🙂 It was fine"],
    ["bad", "🙁 Not for me"],
  );
  return { interactive: { ...message, footer: { text: "Thank you 💚" } } };
}
