import type { Row, Sql, SqlValue } from './database.ts';
import type { Delivery } from './job-store.ts';

/** What is to be known of a delivery that was recorded, beside that it was. */
export interface Returning {
  /** Expressions of SQL. */
  readonly expressions: string;
  readonly values: readonly SqlValue[];
}

/** Null when the delivery was recorded before. */
export async function recordDelivery(
  sql: Sql,
  delivery: Delivery,
  now: number,
  { expressions, values }: Returning = { expressions: 'id', values: [] },
): Promise<Row | null> {
  const rows = await sql.query(
    `INSERT INTO deliveries (id, event, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING ${expressions}`,
    [delivery.id, delivery.event, now, ...values],
  );
  return rows[0] ?? null;
}
