import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import styles from "./chart.module.css";
import type { ChartProps, Line } from "./chart.tsx";
import { tickRoom, tickSeconds, timesOf } from "./time-axis.ts";

const axisWidth = 44;
const axisHeight = 30;

/** The lines themselves, as wide as their place; drawn anew when the theme changes. */
export function Plot({ times, lines, unit, height }: ChartProps & { height: number }) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<UPlot>(undefined);
  const data: UPlot.AlignedData = [times, ...lines.map(({ values }) => values)];
  const latest = useRef(data);
  latest.current = data;
  const shape = lines.map(({ label, colour, isDashed }) => `${label} ${colour} ${isDashed}`).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` tells whether the lines are others
  useEffect(() => {
    const element = place.current!;
    const draw = () => {
      drawn.current?.destroy();
      drawn.current = new UPlot(optionsOf(element, lines, unit, height), latest.current, element);
    };
    const resized = new ResizeObserver(() => drawn.current?.setSize({ width: element.clientWidth, height }));
    const themed = new MutationObserver(draw);
    const system = matchMedia("(prefers-color-scheme: dark)");
    draw();
    resized.observe(element);
    themed.observe(document.documentElement, { attributes: true });
    system.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", draw);
      drawn.current?.destroy();
      drawn.current = undefined;
    };
  }, [shape, unit, height]);

  useEffect(() => drawn.current?.setData(data));
  return <div ref={place} className={styles.plot} />;
}

/** So far an axis goes at least, by its unit: what is counted has no parts. */
const leastOf: Record<string, number> = { "": 4 };

function optionsOf(element: HTMLElement, lines: Line[], unit: string, height: number): UPlot.Options {
  const colourOf = (name: string) => resolved(element, name);
  const axis = {
    stroke: colourOf("--soft"),
    grid: { stroke: colourOf("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: {
      y: {
        range: (_plot, _low, high) => [0, Math.max(unit === "%" ? 100 : high * 1.1, leastOf[unit] ?? 0.1)],
      },
    },
    axes: [
      {
        ...axis,
        size: axisHeight,
        space: tickRoom,
        incrs: tickSeconds,
        values: (_plot, ticks) => timesOf(ticks),
      },
      { ...axis, size: axisWidth, values: (_plot, ticks) => ticks.map((tick) => `${tick}${unit}`) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour, isDashed, values }) => ({
        label,
        stroke: colourOf(colour),
        width: 1.5,
        // A value between two gaps has no line: it is a dot.
        points: { show: values.some((value, at) => isAlone(values, at, value)), size: 4 },
        ...(isDashed && { dash: [6, 4] }),
      })),
    ],
  };
}

function isAlone(values: Line["values"], at: number, value: number | null): boolean {
  return value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
}

/** A canvas knows no custom properties and no light-dark(): the page is asked what they come to. */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
