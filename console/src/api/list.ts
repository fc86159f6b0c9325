/** A list as the gateway answers it; `next_cursor` null: the last page. */
export interface List<Row> {
  data: Row[];
  next_cursor: string | null;
}
