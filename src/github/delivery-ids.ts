/** Remembers the latest ids of deliveries, so that a replayed one is not worked on twice. */
export interface DeliveryIds {
  /** False when the id is known already. */
  add(id: string): boolean;
  /** Forgets an id whose delivery was not accepted after all. */
  remove(id: string): void;
}

export function createDeliveryIds(capacity: number): DeliveryIds {
  const ids = new Set<string>();
  return {
    add(id) {
      if (ids.has(id)) return false;
      ids.add(id);
      if (ids.size > capacity) {
        const [oldest] = ids;
        if (oldest !== undefined) ids.delete(oldest);
      }
      return true;
    },
    remove: (id) => void ids.delete(id),
  };
}
