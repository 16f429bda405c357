import type { JobEnvironment, Logger } from './dependencies.ts';

/** Something that GitHub Enterprise Server has from some version on. */
interface ServerFeature {
  readonly name: string;
  /** The first version that has it. */
  readonly since: readonly [major: number, minor: number];
  /** What is left out without it, as a sentence. */
  readonly without: string;
}

/** docs/policy.md has the same, for people. */
export const SERVER_FEATURES: readonly ServerFeature[] = [
  {
    name: 'merge queue',
    since: [3, 12],
    without: 'No groups of a merge queue are judged, because there are none.',
  },
];

/** @param version as a server tells it, such as `3.11.4`; nothing is missing where it cannot be read */
export function missingFeatures(version: string): readonly ServerFeature[] {
  const match = /(\d+)\.(\d+)/.exec(version);
  if (match === null) return [];
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return SERVER_FEATURES.filter(({ since }) => major < since[0] || (major === since[0] && minor < since[1]));
}

/** Names in the log what the server does not have, and what is left out therefore. github.com has everything. */
export async function noteMissingFeatures(
  { appClient, serverUrl }: Pick<JobEnvironment, 'appClient' | 'serverUrl'>,
  log: Logger,
): Promise<void> {
  if (serverUrl === 'https://github.com') return;
  const version = await versionOf(appClient).catch((error: unknown) => {
    log.info({ err: error }, 'Which features the server has could not be told');
    return null;
  });
  if (version === null) return;
  for (const { name, since, without } of missingFeatures(version)) {
    log.warn(
      { version, feature: name, since: since.join('.') },
      `This GitHub Enterprise Server has no ${name}. ${without}`,
    );
  }
}

/** Enterprise Server names its version in every answer; null: it is none. */
async function versionOf(appClient: JobEnvironment['appClient']): Promise<string | null> {
  const { headers } = await (await appClient()).request('GET /app');
  const version = headers['x-github-enterprise-version'];
  return typeof version === 'string' ? version : null;
}
