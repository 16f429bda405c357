import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { STORE_FILE } from '../../../src/store/store.ts';
import type { FaultWorld } from './world.ts';

/** Reads the embedded store's file as it stands, beside the replicas. */
export function readStore<T>(dataDirectory: string, read: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path.join(dataDirectory, STORE_FILE));
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** How the answers to webhooks and the store contradict one another, as sentences; nothing when all is well. */
export function contradictions(world: FaultWorld): readonly string[] {
  return readStore(world.settings.dataDirectory, (database) => {
    const kept = new Set(
      database
        .prepare('SELECT id FROM deliveries')
        .all()
        .map(({ id }) => id),
    );
    const accepted = new Set(
      world.github.deliveries.filter(({ status }) => status === 202).map(({ id }) => id),
    );
    const damage = database
      .prepare('PRAGMA integrity_check')
      .all()
      .flatMap(({ integrity_check: found }) => (found === 'ok' ? [] : [String(found)]));
    return [
      ...damage,
      ...[...accepted].filter((id) => !kept.has(id)).map((id) => `${id} was accepted and is not kept`),
      ...world.github.deliveries
        .filter(({ id, status }) => status !== 202 && status !== 200 && kept.has(id) && !accepted.has(id))
        .map(({ id, status }) => `${id} was refused with ${String(status)} and is kept`),
    ];
  });
}
