/** What is about a file or names a form, and is read by nobody. */
const unread = new Set(["type", "link", "mime_type", "sha256"]);

/** How texts are compared in a search: whatever their case, and however Unicode writes them. */
export function searchable(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** Whether a `searchable` text stands in any string of a message's content: words, titles, ids of options, names of files. */
export function says(content: unknown, wanted: string): boolean {
  if (typeof content === "string") return searchable(content).includes(wanted);
  if (typeof content !== "object" || content === null) return false;
  return Object.entries(content).some(([name, value]) => !unread.has(name) && says(value, wanted));
}
