// The App as a process of its own, as `gitops-warden serve` runs it, against a server that needs no pauses.
import { stopSignal } from '../../../src/cli/serve.ts';
import type { Settings } from '../../../src/config/environment.ts';
import type { AppOptions } from '../../../src/github/app.ts';
import { startApp } from '../../../src/index.ts';
import { followClock } from './set-clock.ts';

interface Start {
  readonly settings: Settings;
  readonly timing: AppOptions['timing'];
}

const { settings, timing } = JSON.parse(process.env['WARDEN_START'] ?? '') as Start;
followClock();
const stopping = stopSignal();
const app = await startApp(settings, { pacing: false, ...(timing === undefined ? {} : { timing }) });
process.send?.({ url: app.url });
await stopping;
await app.close(settings.drainMs);
process.exit(0);
