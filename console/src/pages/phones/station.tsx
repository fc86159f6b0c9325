import { useMemo, useState } from "react";
import type { Channel } from "../../api/channels.ts";
import { type Person, useAct, useScreen } from "../../api/simulator.ts";
import { ChannelPaused } from "../../content/channel-paused.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Select } from "../../controls/select.tsx";
import { toast } from "../../controls/toast.ts";
import { Phone } from "../../phones/phone.tsx";
import type { PhoneAct } from "../../phones/screen.ts";
import { screenOfSimulator } from "../../phones/screen-of-simulator.ts";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import { answersTo, simulatedAct } from "./answers.ts";
import { Chips } from "./chips.tsx";
import { FailureNote } from "./failure-note.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { Got } from "./got.tsx";
import { lastEventOf } from "./last-event.ts";
import { PersonMenu } from "./person-menu.tsx";
import { type Place, PlacePicker } from "./place-picker.tsx";
import { RefusalNote } from "./refusal-note.tsx";
import type { Outcome } from "./send.ts";
import styles from "./station.module.css";
import type { AnyStep } from "./step.ts";

const words = texts.people.station;

interface StationProps {
  person: Person;
  /** Of the same platform, this one included. */
  others: readonly Person[];
  /** The business that this person writes with. */
  channel?: Channel;
  onChoose(person: Person): void;
  steps: readonly AnyStep[];
  /** Counts what this page has sent to everybody. */
  sends: number;
  /** What became of the last message to this person. */
  sent?: Outcome;
}

/** What a dialog is open for: a place that a button asks for or that is shared freely, or a form. */
type Asking = { what: "place" | "form"; tap?: object; message?: string };

/** One person: the phone, quick ways to answer, and what the answer came to. */
export function Station(props: StationProps) {
  const { person, others, channel, onChoose, sent } = props;
  const { data } = useScreen(person.id);
  const act = useAct(person.id);
  const [asking, setAsking] = useState<Asking>();
  const screen = useMemo(
    () => screenOfSimulator(person.platform, data?.messages ?? []),
    [person.platform, data],
  );
  const answers = useMemo(() => answersTo(screen), [screen]);
  const last = screen.bubbles.findLast(({ from }) => from === "business");
  const { event, isEarlier, forget } = useLatest(props, last?.at);
  const perform = (wish: object) => {
    forget();
    act.mutate(wish, { onError: (problem) => toast(problem.message, "bad") });
  };
  const onAct = (done: PhoneAct) => {
    const wish = simulatedAct(done);
    if (done.act === "tap" && done.control.kind === "location") setAsking({ what: "place", tap: wish });
    else if (done.act === "tap" && /flow|address/.test(done.control.kind))
      setAsking({ what: "form", message: done.bubble });
    else if (done.act === "tap" && done.control.url) toast(opening(done.control.url), "info");
    else if (done.act === "follow") toast(opening(done.url), "info");
    else if (wish) perform(wish);
  };
  const share = (place: Place) => {
    perform(asking?.tap ? { ...asking.tap, ...place } : { act: "share_location", ...place });
    setAsking(undefined);
  };
  const title = phones.names[person.platform];
  return (
    <section className={styles.station} aria-label={`${title}: ${person.name}`}>
      <header className={styles.header}>
        <h2 className={styles.title}>{title}</h2>
        {person.blocked && <Badge tone="bad">{words.blocked}</Badge>}
        <Select
          label={`${words.who}: ${title}`}
          className={styles.who}
          value={person.id}
          onChange={(id) => onChoose(others.find((other) => other.id === id) ?? person)}
          options={others.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <PersonMenu
          person={person}
          last={last}
          onAct={perform}
          onShare={() => setAsking({ what: "place" })}
        />
      </header>
      <div className={styles.phone}>
        <Phone screen={screen} name={channel?.name ?? texts.compose.business} onAct={onAct} follow />
      </div>
      <Chips answers={answers} platform={title} isBusy={act.isPending} onAct={onAct} />
      <div className={styles.told}>
        {channel?.paused && <ChannelPaused channel={channel} />}
        {sent && "problem" in sent && <RefusalNote platform={person.platform} problem={sent.problem} />}
        {sent && "id" in sent && <FailureNote key={sent.id} id={sent.id} />}
        <Got platform={person.platform} event={event} isEarlier={isEarlier} isUnderWay={act.isPending} />
      </div>
      <PlacePicker open={asking?.what === "place"} onClose={() => setAsking(undefined)} onShare={share} />
      <FormDialog
        open={asking?.what === "form"}
        onClose={() => setAsking(undefined)}
        onSubmit={(values) => {
          perform({ act: "submit", message: asking?.message, values });
          setAsking(undefined);
        }}
      />
    </section>
  );
}

/**
 * The last event of the person, until something is sent to them or done here: then the next is waited for. Where none
 * was known yet at that time, what is told late of before is no next one either.
 */
function useLatest({ person, steps, sends }: StationProps, newestAt: number | undefined) {
  const last = useMemo(() => lastEventOf(person, steps), [person, steps]);
  const isEarlier = last !== undefined && newestAt !== undefined && last.at < newestAt;
  const now = { sends, id: last?.id, isBlind: last === undefined };
  const [old, setOld] = useState<{ sends: number; id?: string; isBlind: boolean }>({ sends, isBlind: false });
  if (old.sends !== sends) setOld(now);
  else if (old.isBlind && last && !isEarlier) setOld({ ...old, isBlind: false });
  const isOld = last?.id === old.id || (old.isBlind && isEarlier);
  return { event: isOld ? undefined : last, isEarlier, forget: () => setOld(now) };
}

const opening = (url: string) => `${words.opens} ${url}. ${words.opensEnd}`;
