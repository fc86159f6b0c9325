import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { Button } from "../../controls/button.tsx";
import { Dialog } from "../../controls/dialog.tsx";
import { Field } from "../../controls/field.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./place-picker.module.css";

const words = texts.people.place;

export interface Place {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
}

interface PlacePickerProps {
  open: boolean;
  onClose(): void;
  onShare(place: Place): void;
}

const furthest = { latitude: 90, longitude: 180 };
const clamp = (value: number, max: number) => Math.max(-max, Math.min(max, value));

/** A place by its name, by a point on a grid, or by its numbers. */
export function PlacePicker({ open, onClose, onShare }: PlacePickerProps) {
  const [place, setPlace] = useState<Place>(words.places[0]);
  const [typed, setTyped] = useState({ latitude: "40.7829", longitude: "-73.9654" });
  const choose = (next: Place) => {
    setPlace(next);
    setTyped({ latitude: String(next.latitude), longitude: String(next.longitude) });
  };
  const type = (field: "latitude" | "longitude", text: string) => {
    setTyped({ ...typed, [field]: text });
    const { name: _, address: __, ...bare } = place;
    if (isNumber(text)) setPlace({ ...bare, [field]: Number(text) });
  };
  const isFine = (field: "latitude" | "longitude") =>
    isNumber(typed[field]) && Math.abs(Number(typed[field])) <= furthest[field];
  const share = () => {
    const { address, ...rest } = place;
    onShare({ ...rest, ...(address && { address }) });
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={words.title}
      actions={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button
            kind="primary"
            icon="location"
            disabled={!isFine("latitude") || !isFine("longitude")}
            onClick={share}
          >
            {words.share}
          </Button>
        </>
      }
    >
      <p className={styles.intro}>{words.intro}</p>
      <div className={styles.places}>
        {words.places.map((known) => (
          <Button
            key={known.name}
            small
            aria-pressed={place.name === known.name}
            onClick={() => choose(known)}
          >
            {known.name}
          </Button>
        ))}
      </div>
      <Grid place={place} onMove={choose} />
      <div className={styles.numbers}>
        {(["latitude", "longitude"] as const).map((field) => (
          <Field key={field} label={words[field]} error={isFine(field) ? undefined : words.wrong[field]}>
            <TextInput
              inputMode="decimal"
              value={typed[field]}
              onChange={(event) => type(field, event.target.value)}
            />
          </Field>
        ))}
      </div>
    </Dialog>
  );
}

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));

const steps: Record<string, [latitude: number, longitude: number]> = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** 360 by 180 degrees, with the equator and the meridian of Greenwich. */
function Grid({ place, onMove }: { place: Place; onMove(place: Place): void }) {
  const { latitude, longitude } = place;
  const move = (to: Place) =>
    onMove({ latitude: clamp(to.latitude, 90), longitude: clamp(to.longitude, 180) });
  const point = (event: PointerEvent<HTMLButtonElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    move({ latitude: Math.round(90 - y * 180), longitude: Math.round(x * 360 - 180) });
  };
  const key = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const by = event.shiftKey ? 10 : 1;
    move({ latitude: latitude + step[0] * by, longitude: longitude + step[1] * by });
  };
  const x = clamp(longitude, 180) + 180;
  const y = 90 - clamp(latitude, 90);
  return (
    <div className={styles.world}>
      <button
        type="button"
        className={styles.grid}
        aria-label={words.grid}
        onPointerDown={point}
        onKeyDown={key}
      >
        <svg viewBox="0 0 360 180" aria-hidden="true">
          {[30, 60, 90, 120, 150, 210, 240, 270, 300, 330].map((at) => (
            <line key={`x${at}`} className={styles.line} x1={at} x2={at} y1={0} y2={180} />
          ))}
          {[30, 60, 120, 150].map((at) => (
            <line key={`y${at}`} className={styles.line} x1={0} x2={360} y1={at} y2={at} />
          ))}
          <line className={styles.axis} x1={180} x2={180} y1={0} y2={180} />
          <line className={styles.axis} x1={0} x2={360} y1={90} y2={90} />
          <line className={styles.cross} x1={x} x2={x} y1={0} y2={180} />
          <line className={styles.cross} x1={0} x2={360} y1={y} y2={y} />
          <circle className={styles.point} cx={x} cy={y} r={5} />
        </svg>
      </button>
      <Letters />
    </div>
  );
}

/** Over the grid and no part of it: they are not what it is called. */
function Letters() {
  return (
    <svg viewBox="0 0 360 180" aria-hidden="true" className={styles.letters}>
      <text x={183} y={11}>
        {words.north}
      </text>
      <text x={183} y={176}>
        {words.south}
      </text>
      <text x={4} y={87}>
        {words.west}
      </text>
      <text x={348} y={87}>
        {words.east}
      </text>
    </svg>
  );
}
