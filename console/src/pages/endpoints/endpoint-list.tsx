import { Link } from "wouter";
import type { Endpoint } from "../../api/endpoints.ts";
import { texts } from "../../texts/texts.ts";
import { EndpointState } from "./endpoint-state.tsx";
import styles from "./endpoints.module.css";

/** Every endpoint in a line with its state. */
export function EndpointList({ endpoints, chosen }: { endpoints: Endpoint[]; chosen?: string }) {
  return (
    <nav aria-label={texts.pages.endpoints} className={styles.list}>
      {endpoints.map((endpoint) => (
        <Link
          key={endpoint.id}
          href={`/endpoints/${endpoint.id}`}
          className={styles.item}
          aria-current={endpoint.id === chosen || undefined}
        >
          <b>{endpoint.url}</b>
          <EndpointState endpoint={endpoint} />
        </Link>
      ))}
    </nav>
  );
}
