import { named, provider, shape, token, type Kind } from './kind.ts';

/** Databases, monitoring, and models. */
export const DATA_AND_AI: readonly Kind[] = [
  ...provider('Anthropic', 'https://console.anthropic.com/settings/keys', 'Delete the key in the console.', [
    token('anthropic-api-key', 'API key', 'sk-ant-api03-[\\w-]{93}AA'),
    token('anthropic-admin-api-key', 'admin API key', 'sk-ant-admin01-[\\w-]{93}AA'),
  ]),
  ...provider('OpenAI', 'https://platform.openai.com/api-keys', 'Revoke the key in the dashboard.', [
    token(
      'openai-api-key',
      'API key',
      'sk-(?:(?:proj|svcacct|admin)-(?:[\\w-]{74}|[\\w-]{58})T3BlbkFJ(?:[\\w-]{74}|[\\w-]{58})|[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20})',
      3,
      { keywords: ['t3blbkfj'] },
    ),
  ]),
  ...provider('Cohere', 'https://dashboard.cohere.com/api-keys', 'Delete the key in the dashboard.', [
    named('cohere-api-token', 'API key', 'cohere co_api_key', '[0-9A-Za-z]{40}', 4),
  ]),
  ...provider(
    'Hugging Face',
    'https://huggingface.co/docs/hub/security-tokens',
    'Invalidate the token under Settings > Access Tokens.',
    [
      token('huggingface-access-token', 'access token', 'hf_[A-Za-z]{34}', 2),
      token('huggingface-organization-api-token', 'organisation token', 'api_org_[A-Za-z]{34}', 2),
    ],
  ),
  ...provider('Perplexity', 'https://www.perplexity.ai/settings/api', 'Delete the key in the settings.', [
    token('perplexity-api-key', 'API key', 'pplx-[0-9A-Za-z]{48}', 4),
  ]),
  ...provider('Private AI', 'https://docs.private-ai.com/', 'Ask the vendor for a new key.', [
    named('privateai-api-token', 'API key', 'private_ai', '[a-z0-9]{32}', 3),
  ]),
  ...provider(
    'Databricks',
    'https://docs.databricks.com/aws/en/dev-tools/auth/pat',
    'Revoke the token under Settings > Developer > Access tokens.',
    [token('databricks-api-token', 'personal access token', 'dapi[0-9a-f]{32}(?:-[0-9])?', 3)],
  ),
  ...provider(
    'ClickHouse Cloud',
    'https://clickhouse.com/docs/cloud/manage/openapi',
    'Delete the key under API keys.',
    [token('clickhouse-cloud-api-secret-key', 'API secret key', '4b1d[0-9A-Za-z]{38}', 3)],
  ),
  ...provider(
    'PlanetScale',
    'https://planetscale.com/docs/concepts/service-tokens',
    'Delete the token or password where it was made.',
    [
      token('planetscale-api-token', 'service token', 'pscale_tkn_[\\w=.-]{32,64}', 3),
      token('planetscale-oauth-token', 'OAuth token', 'pscale_oauth_[\\w=.-]{32,64}', 3),
      token('planetscale-password', 'database password', '(?i:pscale_pw_[\\w=.-]{32,64})', 3, {
        keywords: ['pscale_pw_'],
      }),
    ],
  ),
  ...provider(
    'Confluent',
    'https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/manage-api-keys.html',
    'Run `confluent api-key delete` with its id.',
    [
      named('confluent-access-token', 'API key id', 'confluent', '[a-z0-9]{16}', 3, { level: 'info' }),
      named('confluent-secret-key', 'API secret', 'confluent', '[a-z0-9]{64}', 3),
    ],
  ),
  ...provider(
    'Algolia',
    'https://www.algolia.com/doc/guides/security/api-keys/',
    'Regenerate the admin key, or delete the key, under API Keys.',
    [named('algolia-api-key', 'API key', 'algolia', '[a-z0-9]{32}', 3)],
  ),
  ...provider(
    'Airtable',
    'https://airtable.com/developers/web/guides/personal-access-tokens',
    'Delete or regenerate the token in the developer hub.',
    [
      named('airtable-api-key', 'API key', 'airtable', '[a-z0-9]{17}', 3),
      token(
        'airtable-personnal-access-token',
        'personal access token',
        'pat[0-9A-Za-z]{14}\\.[0-9a-f]{64}',
        3,
        { keywords: ['pat'] },
      ),
    ],
  ),
  ...provider(
    'Grafana',
    'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
    'Delete the token of the service account, or the key under API keys.',
    [
      token(
        'grafana-service-account-token',
        'service account token',
        '(?i:glsa_[0-9a-z]{32}_[0-9a-f]{8})',
        3,
        { keywords: ['glsa_'] },
      ),
      shape(
        'grafana-cloud-api-token',
        'Cloud access policy token',
        '(?i)\\b(glc_[0-9a-z+/]{32,400}={0,3})(?:[^\\w+/=]|$)',
        ['glc_'],
        3,
      ),
      shape(
        'grafana-api-key',
        'API key',
        '\\b(eyJrIjoi[0-9A-Za-z]{70,400}={0,3})(?:[^\\w=]|$)',
        ['eyjrijoi'],
        3,
      ),
    ],
  ),
  ...provider(
    'Datadog',
    'https://docs.datadoghq.com/account_management/api-app-keys/',
    'Revoke the key under Organization settings.',
    [
      named(
        'datadog-access-token',
        'API or application key',
        'datadog dd_api_key dd_app_key',
        '[a-z0-9]{40}|[a-f0-9]{32}',
        3,
      ),
    ],
  ),
  ...provider(
    'Dynatrace',
    'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
    'Disable and delete the token under Access tokens.',
    [token('dynatrace-api-token', 'API token', 'dt0c01\\.[0-9A-Za-z]{24}\\.[0-9A-Za-z]{64}', 3.5)],
  ),
  ...provider(
    'New Relic',
    'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
    'Delete the key on the API keys page.',
    [
      named('new-relic-user-api-key', 'user key', 'new_relic nr', 'NRAK-[a-z0-9]{27}', 3, {
        keywords: ['nrak-'],
      }),
      named('new-relic-user-api-id', 'user key id', 'new_relic', '[a-z0-9]{64}', 3, { level: 'warning' }),
      named('new-relic-insert-key', 'insert key', 'new_relic nr', 'NRII-[a-z0-9-]{32}', 3, {
        keywords: ['nrii-'],
      }),
      named('new-relic-browser-api-token', 'browser key', 'new_relic nr', 'NRJS-[a-f0-9]{19}', 2, {
        keywords: ['nrjs-'],
        level: 'info',
      }),
    ],
  ),
  ...provider(
    'Sentry',
    'https://docs.sentry.io/account/auth-tokens/',
    'Revoke the token under Auth Tokens.',
    [
      named('sentry-access-token', 'auth token', 'sentry', '[a-f0-9]{64}', 3),
      shape(
        'sentry-org-token',
        'organisation token',
        '\\b(sntrys_eyJpYXQiO[0-9A-Za-z+/]{10,400}={0,2}_[0-9A-Za-z+/]{43})(?:[^\\w+/]|$)',
        ['sntrys_eyjpyxqio'],
        4,
      ),
      token('sentry-user-token', 'user token', 'sntryu_[0-9a-f]{64}', 3),
    ],
  ),
  ...provider(
    'Sumo Logic',
    'https://help.sumologic.com/docs/manage/security/access-keys/',
    'Deactivate and delete the access key.',
    [
      named('sumologic-access-id', 'access id', 'sumo', 'su[0-9A-Za-z]{12}', 3, { level: 'info' }),
      named('sumologic-access-token', 'access key', 'sumo', '[a-z0-9]{64}', 3),
    ],
  ),
  ...provider(
    'LaunchDarkly',
    'https://launchdarkly.com/docs/home/account/api',
    'Reset the token under Authorization.',
    [named('launchdarkly-access-token', 'access token', 'launchdarkly', '[a-z0-9=_-]{40}', 3)],
  ),
  ...provider(
    'Looker',
    'https://cloud.google.com/looker/docs/api-auth',
    'Delete the API key on the user page of its owner.',
    [
      named('looker-client-id', 'client id', 'looker', '[a-z0-9]{20}', 3, { level: 'info' }),
      named('looker-client-secret', 'client secret', 'looker', '[a-z0-9]{24}', 3),
    ],
  ),
  ...provider(
    'Mapbox',
    'https://docs.mapbox.com/accounts/guides/tokens/',
    'Rotate or delete the token on the account page.',
    [named('mapbox-api-token', 'access token', 'mapbox', 'pk\\.[a-z0-9]{60}\\.[a-z0-9]{22}', 3)],
  ),
  ...provider(
    'MaxMind',
    'https://support.maxmind.com/hc/en-us/articles/4407111582235-Generate-a-License-Key',
    'Delete the licence key under Manage license keys.',
    [
      token('maxmind-license-key', 'licence key', '[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk', 3.5, {
        keywords: ['_mmk'],
      }),
    ],
  ),
  ...provider(
    'Adobe',
    'https://developer.adobe.com/developer-console/docs/guides/services/services-add-api-oauth',
    'Rotate the client secret in the Developer Console.',
    [
      named('adobe-client-id', 'client id', 'adobe', '[a-f0-9]{32}', 2, { level: 'info' }),
      token('adobe-client-secret', 'client secret', 'p8e-[0-9A-Za-z]{32}', 2),
    ],
  ),
  ...provider('Adafruit IO', 'https://io.adafruit.com/api/docs/', 'Regenerate the key under My Key.', [
    named('adafruit-api-key', 'key', 'adafruit', '[a-z0-9_-]{32}', 3),
  ]),
  ...provider(
    'New York Times',
    'https://developer.nytimes.com/get-started',
    'Delete the app and make a new one.',
    [named('nytimes-access-token', 'API key', 'nytimes new_york_times newyorktimes', '[a-z0-9=_-]{32}', 3)],
  ),
];
