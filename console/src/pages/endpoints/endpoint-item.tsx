import type { Endpoint } from "../../api/endpoints.ts";
import { EndpointState } from "./endpoint-state.tsx";

/** An endpoint in the list, with its state. */
export function EndpointItem({ endpoint }: { endpoint: Endpoint }) {
  return (
    <>
      <b>{endpoint.url}</b>
      <EndpointState endpoint={endpoint} />
    </>
  );
}
