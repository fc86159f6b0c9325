import { lazy, Suspense } from "react";
import styles from "./chart.module.css";

export interface Line {
  label: string;
  /** A colour of the theme, `--accent` say. */
  colour: string;
  values: (number | null)[];
  isDashed?: boolean;
}

export interface ChartProps {
  /** Of what it is, for those who do not see it. */
  label: string;
  /** Seconds since 1970, one for each value. */
  times: number[];
  lines: Line[];
  /** Behind each number: `/s`, say. */
  unit: string;
  height?: number;
  /** The newest value is whole, as of what waits now or of a try that has ended; else it is of a step that has only begun. */
  isOfNow?: boolean;
}

const Plot = lazy(() => import("./plot.tsx").then(({ Plot }) => ({ default: Plot })));

/** Lines over time. What draws them is loaded when the first one is shown. */
export function Chart(props: ChartProps) {
  const { label, lines, unit, height = 160, isOfNow = false } = props;
  const latest = lines
    .map((line) => `${line.label} ${shown(lastOf(line.values, isOfNow))}${unit}`)
    .join(", ");
  return (
    <figure className={styles.chart} role="img" aria-label={`${label}: ${latest}`}>
      <Suspense fallback={<div style={{ height }} />}>
        <Plot {...props} height={height} />
      </Suspense>
      <figcaption className={styles.legend}>
        {lines.map((line) => (
          <span key={line.label}>
            <i style={{ background: `var(${line.colour})` }} />
            {line.label} <b>{`${shown(lastOf(line.values, isOfNow))}${unit}`}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** A newest step that has only begun would look like a fall. Where nothing was timed, the last that was. */
function lastOf(values: (number | null)[], isOfNow: boolean): number | null {
  return (
    values.slice(0, isOfNow ? undefined : -1).findLast((value) => value !== null) ?? values.at(-1) ?? null
  );
}

function shown(value: number | null): string {
  if (value === null) return "–";
  return value >= 100 || value === 0 ? value.toFixed(0) : value.toPrecision(2).replace(/\.0+$/, "");
}
