import { Link } from "wouter";
import { type Measures, useMeasures } from "../../api/measures.ts";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { texts } from "../../texts/texts.ts";
import { BacklogChart, LatencyCharts, OutcomeChart, ThroughputChart } from "./charts.tsx";
import { Now } from "./now.tsx";
import styles from "./overview.module.css";
import { Pauses } from "./pauses.tsx";
import { Problems } from "./problems.tsx";

const { overview: words } = texts;

/** How the gateway does, at one look: each part leads to its list. */
export function Page() {
  const measures = useMeasures();
  return (
    <>
      <PageHeader title={texts.pages.overview} subtitle={words.intro} />
      {measures.isPending && <Loading />}
      {measures.isError && <Failed problem={measures.error} onRetry={() => measures.refetch()} />}
      {measures.data && <Overview measures={measures.data} />}
    </>
  );
}

function Overview({ measures }: { measures: Measures }) {
  // A key for some channels is not told how many there are in all.
  const messages = measures.now.filter(({ name }) => name === "antiphon_messages");
  const isNew = messages.length > 0 && messages.every(({ value }) => value === 0);
  if (isNew)
    return (
      <Empty title={words.emptyTitle} action={<Link href="/compose">{words.compose}</Link>}>
        {words.emptyBody}
      </Empty>
    );
  return (
    <div className={styles.grid}>
      <Now measures={measures} />
      <ThroughputChart measures={measures} />
      <OutcomeChart measures={measures} />
      <BacklogChart measures={measures} />
      <LatencyCharts measures={measures} />
      <Pauses measures={measures} />
      <Problems />
    </div>
  );
}
