import { ApiProblem } from "../api/request.ts";
import { texts } from "../texts/texts.ts";
import { Button } from "./button.tsx";
import styles from "./failed.module.css";
import { Icon } from "./icon.tsx";

interface FailedProps {
  /** What was thrown; of an ApiProblem its own words are shown. */
  problem: unknown;
  onRetry?: () => void;
}

/** What did not work, why, and what to do. */
export function Failed({ problem, onRetry }: FailedProps) {
  const isAway = problem instanceof ApiProblem && problem.status === 0;
  // The same answer comes as often as one asks.
  const isRefused = problem instanceof ApiProblem && problem.code === "forbidden";
  const detail = problem instanceof Error ? problem.message : String(problem);
  return (
    <div className={styles.failed} role="alert">
      <Icon name="alert" size={18} />
      <div className={styles.text}>
        <p className={styles.title}>
          {isAway ? texts.controls.unreachable : isRefused ? texts.rights.failed : texts.controls.failed}
        </p>
        <p className={styles.detail}>{isAway ? texts.controls.unreachableHelp : detail}</p>
        {problem instanceof ApiProblem &&
          problem.errors.map(({ pointer, message, hint }) => (
            <p key={`${pointer} ${message}`} className={styles.detail}>
              <code>{pointer}</code> {message} {hint}
            </p>
          ))}
        {isRefused && <p className={styles.detail}>{texts.rights.failedHelp}</p>}
        {!(problem instanceof ApiProblem) && <p className={styles.detail}>{texts.controls.failedHelp}</p>}
      </div>
      {onRetry && !isRefused && <Button onClick={onRetry}>{texts.controls.retry}</Button>}
    </div>
  );
}
