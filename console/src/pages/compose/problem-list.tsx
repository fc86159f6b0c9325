import type { FieldProblem } from "../../../../src/core/problem.ts";
import { Button } from "../../controls/button.tsx";
import { Icon } from "../../controls/icon.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./page.module.css";
import { saidOf, whereOf } from "./said.ts";

const words = texts.compose;

interface ProblemListProps {
  problems: readonly FieldProblem[];
  warnings: readonly FieldProblem[];
  onGo(pointer: string): void;
}

/** All that is wrong, and then what might surprise: each leads to its field. */
export function ProblemList({ problems, warnings, onGo }: ProblemListProps) {
  return (
    <div aria-live="polite">
      {problems.length > 0 && (
        <Told tone="bad" title={words.problems.title(problems.length)} list={problems} onGo={onGo} />
      )}
      {warnings.length > 0 && (
        <Told tone="warn" title={words.problems.warnings} list={warnings} onGo={onGo} />
      )}
    </div>
  );
}

interface ToldProps {
  tone: "bad" | "warn";
  title: string;
  list: readonly FieldProblem[];
  onGo(pointer: string): void;
}

function Told({ tone, title, list, onGo }: ToldProps) {
  return (
    <section className={styles.told} data-tone={tone} aria-label={title}>
      <p className={styles.toldTitle}>
        <Icon name={tone === "bad" ? "alert" : "info"} /> {title}
      </p>
      <ul>
        {list.map(({ pointer, message, hint }) => (
          <li key={`${pointer} ${message}`}>
            <button type="button" onClick={() => onGo(pointer)}>
              {saidOf({ message, hint })} <span className={styles.toldWhere}>{whereOf(pointer)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The text is no JSON: the form shows what was there before, and how to get back to it. */
export function BrokenNotice({ reason, onRestore }: { reason: string; onRestore(): void }) {
  return (
    <section className={styles.told} data-tone="bad" aria-label={words.broken.title} aria-live="polite">
      <p className={styles.toldTitle}>
        <Icon name="alert" /> {words.broken.title}
      </p>
      <p>{reason}</p>
      <p>{words.broken.form}</p>
      <Button small onClick={onRestore}>
        {words.broken.restore}
      </Button>
    </section>
  );
}
