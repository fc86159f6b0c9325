import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { useChannels } from "../../api/channels.ts";
import { ApiProblem } from "../../api/request.ts";
import { type Person, usePeople } from "../../api/simulator.ts";
import { Badge } from "../../controls/badge.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import { FaultsOn } from "./faults-on.tsx";
import { useHappenings } from "./happenings.ts";
import styles from "./page.module.css";
import type { Outcome } from "./send.ts";
import { SendBar } from "./send-bar.tsx";
import { Side } from "./side.tsx";
import { Station } from "./station.tsx";

const words = texts.people;
const platforms = Object.keys(phones.names) as (keyof typeof phones.names)[];

/** The simulated people with their phones, and beside them all that their acts bring about. */
export function Page() {
  const people = usePeople();
  const known = people.data?.data;
  const isThere = known !== undefined;
  const { steps, state } = useHappenings(isThere);
  const chosen = useChosen(known ?? []);
  const [sends, setSends] = useState(0);
  const channels = useChannels().data?.data;
  const [outcomes, setOutcomes] = useState<Record<string, Outcome>>({});
  const status = state === "broken" ? words.away : words.connecting;
  return (
    <>
      <PageHeader
        title={texts.pages.phones}
        subtitle={words.subtitle}
        actions={isThere && state !== "live" && <Badge tone="warn">{status}</Badge>}
      />
      {!isThere && <Absent problem={people.error} onRetry={() => void people.refetch()} />}
      {isThere && chosen.people.length === 0 && (
        <Empty title={words.noPeople.title}>{words.noPeople.text}</Empty>
      )}
      {isThere && chosen.people.length > 0 && (
        <div className={styles.page}>
          <div className={styles.main}>
            <SendBar
              people={chosen.people}
              onSend={() => {
                setSends((count) => count + 1);
                setOutcomes({});
              }}
              onSent={setOutcomes}
            />
            <FaultsOn />
            <div className={styles.stations}>
              {chosen.people.map((person) => (
                <Station
                  key={person.id}
                  person={person}
                  others={known.filter((other) => other.platform === person.platform)}
                  channel={channels?.find(
                    ({ platform, natural_id }) =>
                      platform === person.platform && natural_id === person.channel,
                  )}
                  onChoose={chosen.choose}
                  sends={sends}
                  steps={steps}
                  sent={outcomes[person.id]}
                />
              ))}
            </div>
          </div>
          <Side steps={steps} people={known} />
        </div>
      )}
    </>
  );
}

/** One person of each platform: the first, or whom the URL names. */
function useChosen(all: readonly Person[]) {
  const [params, setParams] = useSearchParams();
  const people = useMemo(
    () =>
      platforms.flatMap((platform) => {
        const there = all.filter((person) => person.platform === platform);
        return there.find(({ id }) => id === params.get(platform)) ?? there[0] ?? [];
      }),
    [all, params],
  );
  const choose = ({ platform, id }: Person) =>
    setParams(
      (before) => {
        before.set(platform, id);
        return before;
      },
      { replace: true },
    );
  return { people, choose };
}

/** No simulator, or no answer: what to do. */
function Absent({ problem, onRetry }: { problem: unknown; onRetry(): void }) {
  if (!problem) return <Loading />;
  const isAbsent = problem instanceof ApiProblem && (problem.status === 404 || problem.status === 503);
  if (!isAbsent) return <Failed problem={problem} onRetry={onRetry} />;
  const { title, text, start, again } = words.absent;
  return (
    <Empty title={title}>
      <p>
        {text} <code>{start}</code> {again}
      </p>
      <p>{problem.message}</p>
    </Empty>
  );
}
