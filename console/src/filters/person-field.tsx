import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { readContact } from "../api/contacts.ts";
import { readConversations } from "../api/conversations.ts";
import { nameOf, personName } from "../content/person-name.ts";
import { Combobox, type ComboboxOption } from "../controls/combobox.tsx";
import { Field } from "../controls/field.tsx";
import { texts } from "../texts/texts.ts";

const { filters: words } = texts;
const most = 8;
const typingMs = 200;

interface PersonFieldProps {
  /** A contact's id, or one of their addresses. */
  contact?: string;
  channel?: string;
  onChange: (contact: string) => void;
}

/** One person, found by a part of their name or address; the last active are offered first. */
export function PersonField({ contact, channel, onChange }: PersonFieldProps) {
  const [typed, setTyped] = useState<string>();
  const text = useRested(typed);
  const { data: known } = useQuery({
    queryKey: ["contact", contact],
    queryFn: ({ signal }) => readContact(contact ?? "", signal),
    enabled: contact !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const found = useQuery({
    queryKey: ["conversations", "people", { text, channel }],
    queryFn: ({ signal }) => readConversations({ text, channel }, { limit: most * 2 }, signal),
    enabled: typed !== undefined,
    placeholderData: (before) => before,
  });
  return (
    <Field label={words.person}>
      <Combobox
        placeholder={words.anybody}
        clearLabel={words.anybody}
        text={
          typed ??
          (contact === undefined
            ? ""
            : known
              ? personName({ ...known, address: known.addresses?.[0] ?? contact })
              : contact)
        }
        isChosen={contact !== undefined}
        options={peopleIn(found.data?.data ?? [])}
        isSettled={text === typed?.trim() && found.isSuccess && !found.isPlaceholderData}
        nothing={found.isFetching ? words.searching : words.nobody}
        onText={setTyped}
        onChoose={onChange}
      />
    </Field>
  );
}

type Found = Awaited<ReturnType<typeof readConversations>>["data"];

/** Who talks in several conversations stands there once. */
function peopleIn(conversations: Found): ComboboxOption[] {
  const options = new Map<string, ComboboxOption>();
  for (const one of conversations) {
    const { contact, platform } = one;
    if (!contact || options.has(contact.id)) continue;
    const detail = [texts.platforms[platform], contact.addresses[0]].filter(Boolean).join(" · ");
    options.set(contact.id, { value: contact.id, label: nameOf(one), detail });
  }
  return [...options.values()].slice(0, most);
}

/** What was typed, once the typing rests. */
function useRested(typed: string | undefined): string {
  const [rested, setRested] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setRested(typed?.trim() ?? ""), typingMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return rested;
}
