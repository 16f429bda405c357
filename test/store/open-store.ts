import { openStore, type StoreOptions } from '../../src/store/store.ts';

/** A process that opens the store, keeps a job in it and ends. */
const location = JSON.parse(process.env['STORE_LOCATION'] ?? '') as Pick<
  StoreOptions,
  'databaseUrl' | 'dataDirectory'
>;
const store = await openStore({ ...location, connections: 3 });
const id = String(process.pid);
await store.jobs.accept(
  { id, event: 'test' },
  { key: id, group: 'g', priority: 1, supersedes: true, payload: {} },
);
await store.close();
