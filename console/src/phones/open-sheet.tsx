import { phones as words } from "../texts/phones.ts";
import { ListRows } from "./list-rows.tsx";
import { type OpenSheet, usePhone } from "./phone-context.ts";
import type { Bubble, Part } from "./screen.ts";
import styles from "./sheet.module.css";
import { Sheet } from "./sheet.tsx";

/** The sheet that is open, as the screen is now; none where its list is gone. */
export function OpenSheetView({ sheet, bubbles }: { sheet: OpenSheet; bubbles: readonly Bubble[] }) {
  const { close } = usePhone();
  if (sheet.kind === "list") return <ListSheet bubble={bubbles.find(({ id }) => id === sheet.bubble)} />;
  return (
    <Sheet heading={sheet.kind === "link" ? words.ours.opens : sheet.title} onClose={close}>
      <div className={styles.note}>
        {sheet.kind === "link" && <p className={styles.url}>{sheet.url}</p>}
        <p>{sheet.kind === "link" ? words.ours.opensHow : words.ours.form}</p>
      </div>
    </Sheet>
  );
}

function ListSheet({ bubble }: { bubble: Bubble | undefined }) {
  const { act, close } = usePhone();
  const list = bubble?.parts.find((part): part is Extract<Part, { kind: "list" }> => part.kind === "list");
  if (!bubble || !list) return null;
  return (
    <Sheet heading={list.control.label} onClose={close}>
      <ListRows
        sections={list.sections}
        onChoose={(row, title) => {
          close();
          act({ act: "choose", bubble: bubble.id, row, title });
        }}
      />
    </Sheet>
  );
}
