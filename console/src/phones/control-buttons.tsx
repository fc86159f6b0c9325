import { useBubble } from "./bubble-context.ts";
import styles from "./control-buttons.module.css";
import { useFollow } from "./follow.ts";
import { Glyph, type GlyphName } from "./glyph.tsx";
import { usePhone } from "./phone-context.ts";
import type { Control } from "./screen.ts";

/** What a tap on a control does: a link shows where it leads, a form that it is one, all else is an act. */
export function useTap(bubble: string): (control: Control) => void {
  const follow = useFollow();
  const { act, open, isLive } = usePhone();
  return (control) => {
    if (control.kind === "url") return follow(control.url ?? "");
    act({ act: "tap", bubble, control });
    const isForm = control.kind === "flow" || control.kind === "address";
    if (isForm && !isLive) open({ kind: "form", title: control.label });
  };
}

const signs: Partial<Record<Control["kind"], GlyphName>> = {
  reply: "reply",
  url: "link",
  list: "list",
  location: "pin",
  flow: "form",
  address: "form",
};

interface Row {
  look: "buttons" | "template" | "keyboard";
  controls: readonly Control[];
  rows: readonly (readonly number[])[];
}

/** The buttons of a message: in its bubble, or below it as on Telegram. */
export function ControlButtons({ look, controls, rows }: Row) {
  const tap = useTap(useBubble());
  return (
    <div className={styles[look]}>
      {rows.map((row) => (
        <div key={row.join()} className={styles.row}>
          {row.map((at) => (
            <ControlButton key={at} look={look} control={controls[at]!} onTap={tap} />
          ))}
        </div>
      ))}
    </div>
  );
}

interface ButtonProps {
  look: Row["look"];
  control: Control;
  onTap(control: Control): void;
}

export function ControlButton({ look, control, onTap }: ButtonProps) {
  const sign = look === "buttons" ? signs[control.kind] : undefined;
  return (
    <button type="button" className={styles.button} onClick={() => onTap(control)} title={control.label}>
      {sign && <Glyph name={sign} size={18} />}
      <span className={styles.label} dir="auto">
        {control.label}
      </span>
      {look === "keyboard" && control.kind === "url" && (
        <span className={styles.corner}>
          <Glyph name="arrow" size={12} />
        </span>
      )}
    </button>
  );
}
