import { useState } from "react";
import { useLocation } from "wouter";
import { type Conversation, exportHref, useEraseContact } from "../../api/conversations.ts";
import { useLacking } from "../../content/lacking.ts";
import { nameOf } from "../../content/person-name.ts";
import { Confirm } from "../../controls/confirm.tsx";
import { IconButton } from "../../controls/icon-button.tsx";
import { Menu } from "../../controls/menu.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./conversations.module.css";

const { conversations: words } = texts;

/** What can be done with the person: see all, take what is stored along, erase it. */
export function ContactMenu({ conversation, contact }: { conversation: Conversation; contact: string }) {
  const [isErasing, setErasing] = useState(false);
  const [, navigate] = useLocation();
  const isLacking = useLacking({ scope: "manage" }) !== undefined;
  return (
    <>
      <Menu
        trigger={<IconButton label={words.actions} icon="more" />}
        items={[
          {
            label: words.allMessages,
            icon: "messages",
            onSelect: () => navigate(`/messages?${new URLSearchParams({ contact })}`),
          },
          { label: words.export, icon: "external", onSelect: () => download(exportHref(contact)) },
          "line",
          {
            label: words.erase,
            icon: "trash",
            danger: true,
            disabled: isLacking,
            onSelect: () => setErasing(true),
          },
        ]}
      />
      <Erase
        name={nameOf(conversation)}
        contact={contact}
        open={isErasing}
        onClose={() => setErasing(false)}
      />
    </>
  );
}

/** The browser saves it as it comes: an export may be long. */
function download(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = "";
  link.click();
}

function Erase(props: { name: string; contact: string; open: boolean; onClose: () => void }) {
  const { name, contact, open, onClose } = props;
  const erase = useEraseContact(contact);
  const confirm = () =>
    erase.mutate(undefined, {
      onSuccess: () => toast(words.erasing, "good"),
      onError: (error) => toast(error.message, "bad"),
      onSettled: onClose,
    });
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title={words.eraseTitle(name)}
      action={words.eraseAction}
      onConfirm={confirm}
      busy={erase.isPending}
      danger
    >
      <div className={styles.erase}>
        <p>{words.eraseBody}</p>
        <p>{words.eraseKept}</p>
        <p>{words.eraseBackups}</p>
      </div>
    </Confirm>
  );
}
