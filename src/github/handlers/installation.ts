import type { Handler } from './handler.ts';

/** Nothing is done for a new, changed or removed installation; its arrival stands in the log like every event. */
export const installationHandler: Handler<'installation'> = { event: 'installation', toJob: () => null };
