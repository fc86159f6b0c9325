import type { Chance } from "../fuzz/chance.ts";
import type { Account } from "./accounts.ts";
import type { Agenda } from "./agenda.ts";
import type { Receipt, Taken } from "./judge.ts";
import type { Weather } from "./plan.ts";
import type { Webhook } from "./webhooks.ts";

/** The instant at which a run begins, by the platforms' clocks. */
export const beginning = Date.UTC(2026, 10, 22, 12);

interface Setting {
  agenda: Agenda;
  chance: Chance;
  weather: Weather;
  post: (webhook: Webhook) => void;
  isJumping: boolean;
}

/** What is told of one message at a time. */
interface News {
  status: Receipt;
  inMs: number;
  hasToken: boolean;
}

/** What platforms tell by webhook: late, twice, in any order, or not at all. Telegram tells of nothing that was sent. */
export class Told {
  readonly #setting: Setting;
  readonly #taken: Taken[] = [];

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  accepted(taken: Taken): void {
    this.#taken.push(taken);
    if (taken.account.platform === "telegram") return;
    for (const news of this.#newsOf()) {
      const copies = this.#setting.chance.once(5) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++)
        this.#setting.agenda.in(news.inMs + copy * this.#setting.chance.int(9_000), () =>
          this.#tell(taken, news),
        );
    }
  }

  /** A contact's own message. */
  said(account: Account, from: string, { id, copies }: { id: number; copies: number }): void {
    const at = this.#at();
    const about = `said-${account.channelId}-${id}`;
    const payload =
      account.platform === "whatsapp"
        ? whatsapp(account, {
            messages: [
              {
                id: about,
                from: from.slice(1),
                type: "text",
                timestamp: String(Math.floor(at / 1000)),
                text: { body: about },
              },
            ],
          })
        : account.platform !== "telegram"
          ? page(account, at, {
              sender: { id: from },
              recipient: { id: account.id },
              message: { mid: about, text: about },
            })
          : {
              update_id: id,
              message: {
                message_id: id,
                date: Math.floor(at / 1000),
                chat: { id: Number(from), type: "private" },
                from: { id: Number(from), is_bot: false, first_name: "Ana" },
                text: about,
              },
            };
    for (let copy = 0; copy < copies; copy++)
      this.#setting.agenda.in(copy * 700, () =>
        this.#setting.post({ account, payload, about, stored: () => {} }),
      );
  }

  /** In what order they come is left to chance; late is beyond every hold. */
  #newsOf(): News[] {
    const { chance, weather } = this.#setting;
    const isRagged = weather.echoes === "ragged";
    const missing = isRagged ? 4 : 60;
    const lateMs = () => (isRagged && chance.once(5) ? chance.int(150_000) : 0);
    const news = (status: Receipt, afterMs: number, oneIn: number): News[] =>
      chance.once(oneIn) ? [] : [{ status, inMs: chance.int(afterMs) + lateMs(), hasToken: chance.once(2) }];
    const sent = news("sent", 2_000, missing).map((one) => ({ ...one, hasToken: true }));
    // A message may fail on one of a person's devices and arrive on another.
    const failed = chance.once(15) ? news("failed", 9_000, missing) : [];
    const arrived = failed.length === 0 || chance.once(3) ? news("delivered", 6_000, missing) : [];
    const read = arrived.length > 0 && chance.once(2) ? news("read", 9_000, missing) : [];
    return [...sent, ...failed, ...arrived, ...read];
  }

  #tell(taken: Taken, news: News): void {
    if (taken.account.platform === "whatsapp") this.#status(taken, news);
    else if (news.status === "sent") this.#echo(taken);
    else if (taken.account.platform === "instagram") this.#seen(taken, news);
    else if (news.status === "delivered") this.#delivered(taken);
    else if (news.status === "read") this.#read(taken);
  }

  #status(taken: Taken, { status, hasToken }: News): void {
    const token = (JSON.parse(taken.body) as { biz_opaque_callback_data?: string }).biz_opaque_callback_data;
    const payload = whatsapp(taken.account, {
      statuses: [
        {
          id: taken.platformId,
          status,
          timestamp: String(Math.floor(this.#at() / 1000)),
          recipient_id: taken.to.slice(1),
          ...(hasToken && { biz_opaque_callback_data: token }),
          ...(status === "failed" && { errors: [{ code: 131026, title: "Message undeliverable" }] }),
        },
      ],
    });
    this.#post(taken, payload, { about: status, receipts: [[taken, status]], isNamed: hasToken });
  }

  #echo(taken: Taken): void {
    const { message } = JSON.parse(taken.body) as { message: Message };
    const { account, to, platformId: mid } = taken;
    const bare = { mid, is_echo: true, text: message.text };
    // Instagram repeats nothing of ours but what is seen, and a picture from another address.
    const echo =
      account.platform === "instagram"
        ? { ...bare, ...(message.attachment && { attachments: [asEchoed(message.attachment)] }) }
        : { ...bare, app_id: 6000001, metadata: message.metadata };
    // Messenger's clock ticks in milliseconds, and the echo bears the instant at which the message was taken.
    const payload = page(account, beginning + taken.at, {
      sender: { id: account.id },
      recipient: { id: to },
      message: echo,
    });
    // By a clock that is wrong, nobody could tell when what looks like it left.
    const isNamed = account.platform === "messenger" || !this.#setting.isJumping;
    this.#post(taken, payload, { about: "echo", receipts: [[taken, "sent"]], isNamed });
  }

  /** Instagram tells of no delivery, and of reading by the message. */
  #seen(taken: Taken, { status }: News): void {
    if (status !== "read") return;
    const { account, to, platformId: mid } = taken;
    const parties = { sender: { id: to }, recipient: { id: account.id } };
    const payload = page(account, this.#at(), { ...parties, read: { mid } });
    this.#post(taken, payload, { about: "seen", receipts: [[taken, "read"]] });
  }

  #delivered(taken: Taken): void {
    const { account, to, platformId } = taken;
    const delivery = { mids: [platformId] };
    const payload = page(account, this.#at(), {
      sender: { id: to },
      recipient: { id: account.id },
      delivery,
    });
    this.#post(taken, payload, { about: "delivered", receipts: [[taken, "delivered"]] });
  }

  /** All until now. Where the gateway's own clock is wrong, it cannot tell what that reaches. */
  #read(taken: Taken): void {
    if (this.#setting.isJumping) return;
    const { account, to } = taken;
    const until = taken.at;
    const reached = this.#taken.filter((one) => one.account === account && one.to === to && one.at <= until);
    const payload = page(account, this.#at(), {
      ...{ sender: { id: to }, recipient: { id: account.id } },
      read: { watermark: beginning + until },
    });
    this.#post(taken, payload, { about: "read", receipts: reached.map((one) => [one, "read"] as const) });
  }

  #post(
    { account, label, platformId, ...taken }: Taken,
    payload: object,
    {
      about,
      receipts,
      isNamed,
    }: { about: string; receipts: (readonly [Taken, Receipt])[]; isNamed?: boolean },
  ): void {
    void taken;
    const stored = () => {
      for (const [one, receipt] of receipts) {
        one.receipts.add(receipt);
        if (isNamed) one.isKnown = true;
      }
    };
    this.#setting.post({ account, payload, about: `${about} of ${label} (${platformId})`, stored });
  }

  #at(): number {
    return beginning + this.#setting.agenda.now;
  }
}

function whatsapp({ id }: Account, value: object): object {
  const metadata = { display_phone_number: id, phone_number_id: id };
  const change = { field: "messages", value: { messaging_product: "whatsapp", metadata, ...value } };
  return { object: "whatsapp_business_account", entry: [{ id: "1", changes: [change] }] };
}

interface Attachment {
  type: string;
  payload: object;
}

interface Message {
  metadata?: string;
  text?: string;
  attachment?: Attachment;
}

function asEchoed({ type, payload }: Attachment): Attachment {
  return { type, payload: type === "template" ? payload : { url: "https://lookaside.example.com/asset" } };
}

function page({ id, platform }: Account, at: number, event: object): object {
  return {
    object: platform === "instagram" ? "instagram" : "page",
    entry: [{ id, time: at, messaging: [{ timestamp: at, ...event }] }],
  };
}
