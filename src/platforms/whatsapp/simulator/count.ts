/**
 * Counted here and not by core: a mistake in a count that both sides shared could not be seen.
 */
export function codePoints(text: string): number {
  return [...text].length;
}

const graphemes = new Intl.Segmenter();

/** One sign as a person sees it, and shown as a picture: by itself, by a variation selector, or on a keycap. */
export function isOneEmoji(text: string): boolean {
  const isOne = [...graphemes.segment(text)].length === 1;
  return (
    isOne &&
    /^(?:[\d#*]\uFE0F?\u20E3|(?![\d#*])\p{Emoji}\uFE0F|\p{RI}{2}|(?!\p{RI})\p{Emoji_Presentation})/u.test(
      text,
    )
  );
}
