/** Offset and length in UTF-16 units. */
export type Entity = { type: string; offset: number; length: number; url?: string; language?: string };
export interface Formatted {
  text: string;
  entities: Entity[];
}
