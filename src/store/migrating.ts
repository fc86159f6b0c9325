/** How far a database's schema is, how far this version would bring it, and the migrations in between. */
export interface Forward {
  from: number;
  to: number;
  steps: string[];
}
