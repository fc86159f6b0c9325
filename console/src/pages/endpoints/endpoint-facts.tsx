import type { Endpoint } from "../../api/endpoints.ts";
import { Ago } from "../../controls/ago.tsx";
import { Facts } from "../../controls/facts.tsx";
import { texts } from "../../texts/texts.ts";

const { endpoints: words } = texts;

/** How an endpoint was made. */
export function EndpointFacts({ endpoint }: { endpoint: Endpoint }) {
  const { events, channels, max_age_seconds, max_per_second, former_secret_until } = endpoint;
  return (
    <Facts
      facts={[
        { name: words.id, value: <code>{endpoint.id}</code> },
        { name: words.format, value: words.formats[endpoint.format] },
        { name: words.events, value: events.length > 0 ? events.join(", ") : words.all },
        { name: words.channels, value: channels.length > 0 ? channels.join(", ") : words.all },
        { name: words.ordered, value: endpoint.ordered ? words.yes : words.no },
        { name: words.maxAge, value: max_age_seconds ?? words.none },
        { name: words.maxRate, value: max_per_second ?? words.none },
        { name: words.created, value: <Ago at={endpoint.created_at} /> },
        ...(former_secret_until
          ? [{ name: words.formerUntil, value: <Ago at={former_secret_until} /> }]
          : []),
      ]}
    />
  );
}
