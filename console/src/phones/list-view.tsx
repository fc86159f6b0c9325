import { useBubble } from "./bubble-context.ts";
import buttons from "./control-buttons.module.css";
import { ControlButton } from "./control-buttons.tsx";
import { usePhone } from "./phone-context.ts";
import type { Control } from "./screen.ts";

/** The button under a list message, which opens the sheet with the rows. */
export function ListView({ control }: { control: Control }) {
  const bubble = useBubble();
  const { act, open } = usePhone();
  function openRows(): void {
    act({ act: "open_list", bubble });
    open({ kind: "list", bubble });
  }
  return (
    <div className={buttons.buttons}>
      <div className={buttons.row}>
        <ControlButton look="buttons" control={control} onTap={openRows} />
      </div>
    </div>
  );
}
