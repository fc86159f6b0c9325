import { useEffect, useState } from "react";
import { Field } from "../controls/field.tsx";
import { TextInput } from "../controls/text-input.tsx";

const typingMs = 300;

interface SearchFieldProps {
  label: string;
  placeholder: string;
  text?: string;
  onChange: (text: string) => void;
}

/** The page's search, where `/` leads: it searches when the typing rests. */
export function SearchField({ label, placeholder, text = "", onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(text);
  // A space that ends what is typed stays, for the word that follows.
  useEffect(() => setTyped((now) => (now.trim() === text ? now : text)), [text]);
  useEffect(() => {
    const wish = typed.trim();
    if (wish === text) return;
    const timer = setTimeout(() => onChange(wish), typingMs);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  return (
    <Field label={label}>
      <TextInput
        type="search"
        data-search
        maxLength={200}
        placeholder={placeholder}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </Field>
  );
}
