import type { Adaptation, Step } from "../../../../src/core/adaptation.ts";
import type { PlatformPreview } from "../../../../src/core/preview.ts";
import { Badge } from "../../controls/badge.tsx";
import { ScrolledList } from "../../controls/scrolled-list.tsx";
import type { Tone } from "../../controls/tone.ts";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./ledger.module.css";
import { whereOf } from "./said.ts";

const words = texts.compose;

const tones: Record<Adaptation["fidelity"], Tone> = {
  native: "good",
  adapted: "info",
  degraded: "warn",
  impossible: "bad",
};

interface LedgerProps {
  preview: PlatformPreview;
  onLight(paths: readonly string[]): void;
  onGo(path: string): void;
}

/** What a platform made of the message: how true it is, and each thing that had to change. */
export function LedgerOf({ preview, onLight, onGo }: LedgerProps) {
  const adaptation = preview.adaptation as Adaptation | undefined;
  if (!adaptation) return null;
  const { fidelity, steps, normalised = [] } = adaptation;
  const isRefused = "code" in preview;
  const calls = isRefused ? [] : [words.calls(preview.calls.length)];
  return (
    <div className={styles.ledger}>
      <p className={styles.head}>
        <strong>{phones.names[preview.platform]}</strong>
        <Badge tone={isRefused ? "bad" : tones[fidelity]}>
          {isRefused ? words.refused : words.fidelity[fidelity]}
        </Badge>
      </p>
      {steps.length === 0 ? (
        <p className={styles.quiet}>{[words.ledger.nothing, ...calls].join(" · ")}</p>
      ) : (
        <details className={styles.details} open>
          <summary>
            {[(isRefused ? words.ledger.wouldBe : words.ledger.title)(steps.length), ...calls].join(" · ")}
          </summary>
          <ScrolledList className={styles.steps}>
            {alike(steps).map(([step, paths]) => (
              <li key={paths[0] + step.did}>
                <StepButton step={step} paths={paths} onLight={onLight} onGo={onGo} />
              </li>
            ))}
          </ScrolledList>
        </details>
      )}
      {normalised.length > 0 && (
        <p className={styles.quiet}>
          {words.ledger.normalised} {[...new Set(normalised.map(whereOf))].join(", ")}
        </p>
      )}
    </div>
  );
}

/** Steps that say the same of several places are one, with all the places. */
function alike(steps: readonly Step[]): [step: Step, paths: [string, ...string[]]][] {
  const groups = new Map<string, [step: Step, paths: [string, ...string[]]]>();
  for (const step of steps) {
    const key = JSON.stringify([step.rule, step.did, step.lost]);
    const group = groups.get(key);
    if (group) group[1].push(step.path);
    else groups.set(key, [step, [step.path]]);
  }
  return [...groups.values()];
}

interface StepButtonProps {
  step: Step;
  paths: readonly [string, ...string[]];
  onLight(paths: readonly string[]): void;
  onGo(path: string): void;
}

function StepButton({ step, paths, onLight, onGo }: StepButtonProps) {
  return (
    <button
      type="button"
      className={styles.step}
      title={`${step.path} ${step.rule}`}
      data-lost={step.lost !== undefined || undefined}
      onMouseEnter={() => onLight(paths)}
      onMouseLeave={() => onLight([])}
      onFocus={() => onLight(paths)}
      onBlur={() => onLight([])}
      onClick={() => onGo(step.path)}
    >
      <span>{step.did}</span>
      {step.lost !== undefined && (
        <span className={styles.lost}>
          {words.ledger.lost} {step.lost}
        </span>
      )}
      <span className={styles.where}>
        {paths.length > 1 ? words.ledger.places(paths.length) : whereOf(step.path)}
      </span>
    </button>
  );
}
