import { useState } from "react";
import { type Endpoint, useEndpoints } from "../../api/endpoints.ts";
import { useLacking } from "../../content/lacking.ts";
import { ListBeside } from "../../controls/list-beside.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { texts } from "../../texts/texts.ts";
import { AddEndpointDialog } from "./add-endpoint-dialog.tsx";
import { EndpointDetail } from "./endpoint-detail.tsx";
import { EndpointItem } from "./endpoint-item.tsx";

/** What changes how an endpoint fares; what no event tells is looked up now and then. */
const told = ["endpoint.failing", "endpoint.recovered", "endpoint.disabled"] as const;

/** The URLs that are told of every event: the list, and beside it the one that the page's URL names. */
export function Page() {
  const endpoints = useEndpoints();
  useRefresh("endpoints", told);
  const lacking = useLacking({ scope: "manage" });
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <ListBeside<Endpoint>
        title={texts.pages.endpoints}
        path="/endpoints"
        words={texts.endpoints}
        asked={endpoints}
        addOff={lacking}
        onAdd={() => setAdding(true)}
        item={(endpoint) => <EndpointItem endpoint={endpoint} />}
        detail={(endpoint) => <EndpointDetail key={endpoint.id} endpoint={endpoint} />}
      />
      <AddEndpointDialog open={isAdding} onClose={() => setAdding(false)} />
    </>
  );
}
