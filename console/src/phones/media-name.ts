import type { Media } from "./screen.ts";

/** The name that came with a file, else the last step of its link, else its id. */
export function nameOf({ filename, link, id }: Media): string {
  if (filename) return filename;
  if (!link) return id ?? "";
  const [path = ""] = link.replace(/^[a-z]+:\/\//i, "").split(/[?#]/);
  const last = path.split("/").filter(Boolean).at(-1) ?? link;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
