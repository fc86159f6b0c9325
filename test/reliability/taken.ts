const host = "https://media.example.com/";

/** The link of a video that stands for a text: what it is told by where it arrives. */
export function videoLink(text: string): string {
  return `${host}${encodeURIComponent(text)}.mp4`;
}

interface Body {
  text?: string | { body?: string };
  message?: { text?: string; attachment?: { payload?: { url?: string } } };
}

/** The text of a call to a platform, or the one that its video stands for. */
export function textTaken({ text, message }: Body): string | undefined {
  const url = message?.attachment?.payload?.url;
  if (url?.startsWith(host)) return decodeURIComponent(url.slice(host.length, -".mp4".length));
  const said = message?.text ?? text;
  return typeof said === "string" ? said : said?.body;
}
