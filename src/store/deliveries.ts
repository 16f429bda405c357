import type { Sql } from './database.ts';
import type { Delivery } from './job-store.ts';

/** False when the delivery was recorded before. */
export async function recordDelivery(sql: Sql, delivery: Delivery, now: number): Promise<boolean> {
  const rows = await sql.query(
    'INSERT INTO deliveries (id, event, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id',
    [delivery.id, delivery.event, now],
  );
  return rows.length > 0;
}
