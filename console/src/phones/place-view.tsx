import type { Place } from "../../../src/core/message.ts";
import { phones as words } from "../texts/phones.ts";
import { Glyph } from "./glyph.tsx";
import styles from "./place-view.module.css";
import type { Contact } from "./screen.ts";

/** A pin on drawn streets: a real map would have to be asked for from strangers. */
export function PlaceView({ place }: { place: Place }) {
  const { latitude, longitude, name, address } = place;
  const point = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return (
    <div className={styles.place}>
      <div className={styles.map} role="img" aria-label={`${words.place}: ${point}`}>
        <svg viewBox="0 0 240 120" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
          <path className={styles.park} d="M150 0h60l-12 44-58 6z" />
          <path className={styles.water} d="M0 84c50-14 70 22 120 14s70-22 120-8v30H0z" />
          <path
            className={styles.street}
            d="M0 30l240 22M60 0l-14 120M128 0l12 120M0 70l240-26M196 0l-20 120"
          />
        </svg>
        <span className={styles.pin}>
          <Glyph name="pin" size={30} />
        </span>
        <span className={styles.point}>{point}</span>
      </div>
      {(name || address) && (
        <div className={styles.words}>
          {name && (
            <div className={styles.name} dir="auto">
              {name}
            </div>
          )}
          {address && (
            <div className={styles.address} dir="auto">
              {address}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** Cards of people, one under the other. */
export function ContactsView({ contacts }: { contacts: readonly Contact[] }) {
  return (
    <div className={styles.contacts}>
      {contacts.map(({ name, phones }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two people may have one name
        <div key={index} className={styles.contact}>
          <span className={styles.portrait}>
            <Glyph name="person" />
          </span>
          <span className={styles.about}>
            <span className={styles.name} dir="auto">
              {name}
            </span>
            {phones.map((phone) => (
              <span key={phone} className={styles.address} dir="ltr">
                {phone}
              </span>
            ))}
          </span>
        </div>
      ))}
    </div>
  );
}
