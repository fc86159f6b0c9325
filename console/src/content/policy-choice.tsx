import type { Policy } from "../../../src/core/message.ts";
import { Segments } from "../controls/segments.tsx";
import { texts } from "../texts/texts.ts";
import styles from "./policy-choice.module.css";

const { policy: words } = texts.sending;
const policies = ["none", "lossless", "best_effort"] as const satisfies Policy[];
export const defaultPolicy = "lossless";

/** A policy by its name in the API; undefined for what is none. */
export function policyOf(value: unknown): Policy | undefined {
  return policies.find((policy) => policy === value);
}

interface PolicyChoiceProps {
  value: Policy;
  onChange(policy: Policy): void;
}

/** What may become of a message where an app cannot show it as it is written: the API's words, and what they mean. */
export function PolicyChoice({ value, onChange }: PolicyChoiceProps) {
  return (
    <div className={styles.around}>
      <span className={styles.label} aria-hidden="true">
        {words.label}
      </span>
      <Segments
        label={words.label}
        value={value}
        onChange={onChange}
        options={policies.map((policy) => ({ value: policy, ...words[policy] }))}
      />
      <span className={styles.help} aria-live="polite">
        {`${words[value].help} `}
        <span className={styles.api}>
          {words.inApi} <code>{`"adapt": "${value}"`}</code>
        </span>
      </span>
    </div>
  );
}
