import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, and whether it can be undone. */
  children: ReactNode;
  /** The words of the button that does it. */
  action: string;
  onConfirm: () => void;
  danger?: boolean;
  busy?: boolean;
}

/** Asks before what cannot be undone. The focus begins on the way out. */
export function Confirm({ open, onClose, title, children, action, onConfirm, danger, busy }: ConfirmProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>{texts.controls.cancel}</Button>
          <Button kind={danger ? "danger" : "primary"} busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
