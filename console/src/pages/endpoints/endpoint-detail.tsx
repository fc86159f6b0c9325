import { useState } from "react";
import { useSearchParams } from "wouter";
import { type Endpoint, type Preflight, useEndpoint } from "../../api/endpoints.ts";
import { Badge } from "../../controls/badge.tsx";
import { Card } from "../../controls/card.tsx";
import { Detail } from "../../controls/list-beside.tsx";
import { Tabs } from "../../controls/tabs.tsx";
import { texts } from "../../texts/texts.ts";
import { AttemptCharts } from "./attempt-charts.tsx";
import { Deliveries } from "./deliveries.tsx";
import { EndpointActions } from "./endpoint-actions.tsx";
import { EndpointFacts } from "./endpoint-facts.tsx";
import { EndpointState } from "./endpoint-state.tsx";
import { PreflightShown } from "./preflight-shown.tsx";
import { Replays } from "./replays.tsx";
import { Trouble } from "./trouble.tsx";

const { endpoints: words } = texts;

/** One endpoint: how it fares, what it was told, and what may be done with it. */
export function EndpointDetail({ endpoint }: { endpoint: Endpoint }) {
  const [tried, setTried] = useState<Preflight>();
  const { pending = 0 } = useEndpoint(endpoint.id).data ?? {};
  const [search, setSearch] = useSearchParams();
  const tab = search.get("tab") ?? "deliveries";
  return (
    <Detail
      title={endpoint.url}
      state={
        <>
          <EndpointState endpoint={endpoint} />
          {pending > 0 && <Badge>{words.pending(pending)}</Badge>}
        </>
      }
    >
      {tried && (
        <div role="status">
          <PreflightShown preflight={tried} />
        </div>
      )}
      <Trouble endpoint={endpoint} />
      <EndpointActions endpoint={endpoint} onTried={setTried} />
      <Tabs
        label={endpoint.url}
        value={tab}
        onChange={(id) => setSearch({ tab: id })}
        tabs={[
          {
            id: "deliveries",
            label: words.deliveries,
            content: (
              <>
                <AttemptCharts endpoint={endpoint.id} />
                <Deliveries endpoint={endpoint.id} />
              </>
            ),
          },
          { id: "replays", label: words.replays, content: <Replays endpoint={endpoint.id} /> },
          {
            id: "about",
            label: words.details,
            content: (
              <Card>
                <EndpointFacts endpoint={endpoint} />
              </Card>
            ),
          },
        ]}
      />
    </Detail>
  );
}
