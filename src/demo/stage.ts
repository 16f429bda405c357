import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { NO_RECEIVERS } from '../config/alert-settings.ts';
import type { Settings } from '../config/environment.ts';
import type { App, AppOptions } from '../github/app.ts';
import { startEmbeddedGitHub, type EmbeddedGitHub } from './embedded/embedded-github.ts';

/** An embedded GitHub with the App installed on it. */
export interface Stage {
  readonly github: EmbeddedGitHub;
  readonly app: App;
  readonly settings: Settings;
  /** Where the App keeps its mirrors. */
  readonly mirrors: string;
  /** Resolves when every event has been delivered and every review of it is done. */
  readonly answered: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface StageOptions {
  /** The text of `app.yml`: the App gets these permissions and events, and no more. */
  readonly appManifest: string;
  readonly startApp: (settings: Settings, options: AppOptions) => Promise<App>;
  /** Of the embedded GitHub; 0 for any free one. */
  readonly port?: number;
  readonly settings?: Partial<Settings>;
  readonly appOptions?: AppOptions;
  /** Of the embedded GitHub: false saves memory in long runs. */
  readonly keepBodies?: boolean;
  /** Of the embedded GitHub: plays GitHub Enterprise Server of this version. */
  readonly serverVersion?: string;
}

const APP_ID = 1;

/** Sets up both in a temporary folder, which `close` removes. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const directory = await mkdtemp(path.join(tmpdir(), 'gitops-warden-'));
  const mirrors = path.join(directory, 'mirrors');
  await mkdir(mirrors);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = randomBytes(32).toString('hex');
  const manifest = parse(options.appManifest) as {
    readonly default_permissions: Record<string, 'read' | 'write'>;
    readonly default_events: string[];
  };
  const github = await startEmbeddedGitHub({
    port: options.port ?? 0,
    directory: path.join(directory, 'repositories'),
    ...(options.keepBodies === undefined ? {} : { keepBodies: options.keepBodies }),
    ...(options.serverVersion === undefined ? {} : { serverVersion: options.serverVersion }),
    app: {
      id: APP_ID,
      slug: 'gitops-warden',
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      permissions: manifest.default_permissions,
      events: manifest.default_events,
      webhook: { url: null, secret },
    },
  });
  const settings: Settings = {
    appId: APP_ID,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    webhookSecrets: [secret],
    host: '127.0.0.1',
    port: 0,
    apiUrl: github.apiUrl,
    logLevel: 'error',
    logFormat: 'json',
    cacheDirectory: mirrors,
    cacheMaxBytes: 1024 ** 3,
    cacheMaxAgeMs: 24 * 60 * 60 * 1000,
    dataDirectory: path.join(directory, 'data'),
    databaseUrl: null,
    ruleDirectories: [],
    fingerprintKey: null,
    gitleaksConfig: null,
    concurrency: 2,
    drainMs: 0,
    sweepMs: null,
    postureMs: null,
    auditRetentionMs: null,
    metricsToken: null,
    orgPolicy: 'optional',
    alerts: NO_RECEIVERS,
    ...options.settings,
  };
  const app = await options.startApp(settings, { pacing: false, ...options.appOptions });
  github.setWebhookUrl(`${app.url}/api/github/webhooks`);
  return {
    github,
    app,
    settings,
    mirrors,
    answered: async () => {
      await github.settled();
      await app.idle();
      await github.settled();
    },
    close: async () => {
      await app.close(0);
      await github.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
