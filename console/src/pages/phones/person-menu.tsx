import type { Person } from "../../api/simulator.ts";
import { IconButton } from "../../controls/icon-button.tsx";
import { Menu, type MenuItem } from "../../controls/menu.tsx";
import { emoji } from "../../phones/react-button.tsx";
import type { Bubble } from "../../phones/screen.ts";
import { texts } from "../../texts/texts.ts";

const words = texts.people.station;
/** The apps of Messenger and Instagram share no places with businesses. */
const withoutPlaces = new Set(["messenger", "instagram"]);

interface PersonMenuProps {
  person: Person;
  /** The newest message of the business. */
  last?: Bubble;
  onAct(act: object): void;
  onShare(): void;
}

/** What a person does without a control on the phone for it. */
export function PersonMenu({ person, last, onAct, onShare }: PersonMenuProps) {
  const message = last?.id;
  const isReacted = last?.reactions?.some(({ from }) => from === "person");
  const items: (MenuItem | "line")[] = [
    { label: words.read, icon: "check", onSelect: () => onAct({ act: "read" }) },
    ...emoji.map((one) => ({
      label: `${words.react}: ${one}`,
      disabled: message === undefined,
      onSelect: () => onAct({ act: "react", message, emoji: one }),
    })),
    ...(isReacted
      ? [{ label: words.takeBack, onSelect: () => onAct({ act: "react", message, emoji: "" }) }]
      : []),
    { label: words.picture, onSelect: () => onAct({ act: "send", image: {} }) },
    {
      label: words.place,
      icon: "location",
      disabled: withoutPlaces.has(person.platform),
      onSelect: onShare,
    },
    "line",
    person.blocked
      ? { label: words.unblock, icon: "block", onSelect: () => onAct({ act: "unblock" }) }
      : { label: words.block, icon: "block", danger: true, onSelect: () => onAct({ act: "block" }) },
  ];
  return <Menu trigger={<IconButton label={`${words.more}: ${person.name}`} icon="more" />} items={items} />;
}
