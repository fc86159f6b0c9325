/** The one message that every arm of every benchmark sends: what all the libraries can say as well. */
export const buttons = [
  { id: "track", title: "Track my order" },
  { id: "change", title: "Change address" },
  { id: "agent", title: "Talk to a person" },
] as const;
export const header = "Your order";

const ids = { prefix: "number ", digits: 9 };

/** Names its own number, by which the platform's stub knows it again. */
export function bodyText(index: number): string {
  const number = String(index).padStart(ids.digits, "0");
  return `Order ${ids.prefix}${number} has left our kitchen and arrives in about twenty minutes. What would you like to do?`;
}

const prefix = Buffer.from(ids.prefix);

/** The number in the bytes of whatever was made of `bodyText`; -1 where there is none. */
export function numberIn(bytes: Buffer): number {
  const at = bytes.indexOf(prefix);
  if (at < 0) return -1;
  return Number(bytes.toString("latin1", at + prefix.length, at + prefix.length + ids.digits));
}

/** As the content of `POST /v1/messages`. */
export function content(index: number): object {
  return {
    interactive: {
      type: "button",
      header: { type: "text", text: header },
      body: { text: bodyText(index) },
      action: { buttons: buttons.map((reply) => ({ type: "reply", reply })) },
    },
  };
}

const usualPeople = 20_000;
/** The number of the first person. */
export const firstContact = 15_550_000_000;

/** Prime, so that neighbours in time are none on disk, and everybody's turn comes. */
const stride = 7_919;

/** Enough people, by default, that no rate of one conversation is what is measured. */
export function contact(index: number, people = usualPeople): string {
  return String(firstContact + ((index * stride) % people));
}
