import { createContext, useContext } from "react";

/** The id of the bubble in which a part stands. */
export const BubbleContext = createContext("");

export function useBubble(): string {
  return useContext(BubbleContext);
}
