import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Phone } from "../src/phones/phone.tsx";
import type { PhoneAct, Screen } from "../src/phones/screen.ts";
import "../src/theme.css";
import "./gallery.css";

/** A page of the tests alone: the phones side by side with what a test hands in, and what is done on them. */
interface Shown {
  screens: Screen[];
  theme: "light" | "dark";
  isLive?: boolean;
}

declare global {
  interface Window {
    show(shown: Shown): number;
    acts: PhoneAct[];
  }
}

const root = createRoot(document.getElementById("root")!);
window.acts = [];
/** Draws at once, and gives the milliseconds that it took until the page was laid out. */
window.show = ({ screens, theme, isLive }) => {
  const began = performance.now();
  flushSync(() =>
    root.render(
      <main className="gallery" data-theme={theme}>
        {screens.map((screen) => (
          <Phone
            key={screen.platform}
            screen={screen}
            name="Lucky Shrub"
            theme={theme}
            {...(isLive && { onAct: (act: PhoneAct) => window.acts.push(act) })}
          />
        ))}
      </main>,
    ),
  );
  document.body.getBoundingClientRect();
  return performance.now() - began;
};
