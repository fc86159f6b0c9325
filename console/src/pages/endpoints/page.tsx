import { useState } from "react";
import { useParams } from "wouter";
import { type Endpoint, useEndpoints } from "../../api/endpoints.ts";
import { Button } from "../../controls/button.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { texts } from "../../texts/texts.ts";
import { AddEndpointDialog } from "./add-endpoint-dialog.tsx";
import { EndpointDetail } from "./endpoint-detail.tsx";
import { EndpointList } from "./endpoint-list.tsx";
import styles from "./endpoints.module.css";

const { endpoints: words } = texts;

/** What changes how an endpoint fares; what no event tells is looked up now and then. */
const told = ["endpoint.failing", "endpoint.recovered", "endpoint.disabled"] as const;

/** The URLs that are told of every event: the list, and beside it the one that the page's URL names. */
export function Page() {
  const endpoints = useEndpoints();
  useRefresh("endpoints", told);
  const [isAdding, setAdding] = useState(false);
  const add = (
    <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <>
      <PageHeader title={texts.pages.endpoints} subtitle={words.intro} actions={add} />
      {endpoints.isPending && <Loading />}
      {endpoints.isError && <Failed problem={endpoints.error} onRetry={() => endpoints.refetch()} />}
      {endpoints.data && <Endpoints all={endpoints.data.data} add={add} />}
      <AddEndpointDialog open={isAdding} onClose={() => setAdding(false)} />
    </>
  );
}

function Endpoints({ all, add }: { all: Endpoint[]; add: React.ReactNode }) {
  const { id } = useParams<{ id?: string }>();
  if (all.length === 0)
    return (
      <Empty title={words.emptyTitle} action={add}>
        {words.emptyBody}
      </Empty>
    );
  const chosen = all.find((endpoint) => endpoint.id === id);
  return (
    <div className={styles.columns} data-open={id !== undefined || undefined}>
      <EndpointList endpoints={all} chosen={id} />
      {id !== undefined &&
        (chosen ? <EndpointDetail key={id} endpoint={chosen} /> : <Empty title={words.gone} />)}
    </div>
  );
}
