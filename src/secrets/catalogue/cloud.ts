import { named, provider, shape, token, UUID, type Kind } from './kind.ts';

const HASHICORP = 'https://developer.hashicorp.com/vault/docs/concepts/tokens';

/** Clouds, hosting, networks, and what keeps secrets for them. */
export const CLOUD: readonly Kind[] = [
  ...provider(
    'AWS',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    'Deactivate the key with `aws iam update-access-key`, make a new one, and look for its use in CloudTrail.',
    [
      token('aws-access-token', 'access key', '(?:AKIA|ASIA|ABIA|ACCA|A3T[0-9A-Z])[2-7A-Z]{16}', 3, {
        keywords: ['akia', 'asia', 'abia', 'acca', 'a3t'],
      }),
    ],
  ),
  ...provider(
    'Amazon Bedrock',
    'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
    'Delete the key in the Bedrock console; a short-lived one ends with the session that made it.',
    [
      shape(
        'aws-amazon-bedrock-api-key-long-lived',
        'long-lived API key',
        '\\b(ABSK[0-9A-Za-z+/]{109,269}={0,2})(?:[^\\w+/=]|$)',
        ['absk'],
        3,
      ),
      shape(
        'aws-amazon-bedrock-api-key-short-lived',
        'short-lived API key',
        '\\b(bedrock-api-key-(?:YmVkcm9jay5hbWF6b25hd3MuY29t)[0-9A-Za-z+/=]*)',
        ['bedrock-api-key-'],
        3,
      ),
    ],
  ),
  ...provider(
    'Azure',
    'https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials',
    'Delete the client secret under Certificates & secrets of the app registration, and add another.',
    [
      shape(
        'azure-ad-client-secret',
        'Entra ID client secret',
        '(?:^|[^\\w.~-])([\\w~.]{3}[0-9]Q~[\\w~.-]{31,34})(?:[^\\w.~-]|$)',
        ['q~'],
        3,
      ),
    ],
  ),
  ...provider(
    'Google Cloud',
    'https://cloud.google.com/docs/authentication/api-keys',
    'Delete the key under APIs & Services > Credentials, and restrict the new one to its APIs.',
    [token('gcp-api-key', 'API key', 'AIza[\\w-]{35}', 4)],
  ),
  ...provider(
    'Google Cloud',
    'https://cloud.google.com/iam/docs/keys-disable-enable',
    'Disable the key with `gcloud iam service-accounts keys disable`, and look for its use in the audit logs.',
    [
      shape(
        'gcp-oauth-client-secret',
        'OAuth client secret',
        '\\b(GOCSPX-[\\w-]{28})(?:[^\\w-]|$)',
        ['gocspx-'],
        3,
      ),
    ],
  ),
  ...provider(
    'Alibaba Cloud',
    'https://www.alibabacloud.com/help/en/ram/user-guide/disable-an-accesskey-pair-of-a-ram-user',
    'Disable the AccessKey pair of the RAM user, and make a new one.',
    [
      token('alibaba-access-key-id', 'access key id', 'LTAI[0-9A-Za-z]{20}', 2, { level: 'warning' }),
      named('alibaba-secret-key', 'access key secret', 'alibaba', '[a-z0-9]{30}', 3),
    ],
  ),
  ...provider(
    'DigitalOcean',
    'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
    'Delete the token under API > Tokens.',
    [
      token('digitalocean-pat', 'personal access token', 'dop_v1_[0-9a-f]{64}', 3),
      token('digitalocean-access-token', 'OAuth access token', 'doo_v1_[0-9a-f]{64}', 3),
      token('digitalocean-refresh-token', 'OAuth refresh token', '(?i:dor_v1_[0-9a-f]{64})', 3, {
        keywords: ['dor_v1_'],
      }),
    ],
  ),
  ...provider(
    'Cloudflare',
    'https://developers.cloudflare.com/fundamentals/api/how-to/roll-token/',
    'Roll the token or key under My Profile > API Tokens.',
    [
      named('cloudflare-api-key', 'API token', 'cloudflare', '[a-z0-9_-]{40}', 3),
      named('cloudflare-global-api-key', 'global API key', 'cloudflare', '[a-f0-9]{37}', 3),
      token('cloudflare-origin-ca-key', 'origin CA key', 'v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}', 2),
    ],
  ),
  ...provider(
    'Heroku',
    'https://help.heroku.com/PBGP6IDE/how-should-i-generate-an-api-key-that-allows-me-to-use-the-heroku-platform-api',
    'Regenerate the key under Account settings, or revoke it with `heroku authorizations:revoke`.',
    [
      named('heroku-api-key', 'API key', 'heroku', UUID, 2),
      token('heroku-api-key-v2', 'API key', 'HRKU-AA[\\w-]{58}', 4),
    ],
  ),
  ...provider('Fly.io', 'https://fly.io/docs/security/tokens/', 'Run `fly tokens revoke`.', [
    shape(
      'flyio-access-token',
      'access token',
      '\\b(fo1_[\\w-]{43}|fm1[ar]_[0-9A-Za-z+/]{100,}={0,3}|fm2_[0-9A-Za-z+/]{100,}={0,3})(?:[^\\w+/=-]|$)',
      ['fo1_', 'fm1', 'fm2_'],
      4,
    ),
  ]),
  ...provider(
    'Netlify',
    'https://docs.netlify.com/api/get-started/',
    'Delete the token under User settings > Applications.',
    [named('netlify-access-token', 'access token', 'netlify', '[a-z0-9=_-]{40,46}', 3)],
  ),
  ...provider(
    'Scalingo',
    'https://developers.scalingo.com/tokens',
    'Delete the token under Account > Tokens.',
    [token('scalingo-api-token', 'API token', 'tk-us-[\\w-]{48}', 2)],
  ),
  ...provider(
    'Yandex Cloud',
    'https://yandex.cloud/en/docs/iam/operations/compromised-credentials',
    'Delete the key with `yc iam`, or revoke the token, as the page on compromised credentials says.',
    [
      named(
        'yandex-access-token',
        'IAM token',
        'yandex',
        't1\\.[0-9A-Za-z_-]+={0,2}\\.[0-9A-Za-z_-]{86}={0,2}',
        3,
      ),
      named('yandex-api-key', 'API key', 'yandex', 'AQVN[0-9A-Za-z_-]{35,38}', 3),
      named('yandex-aws-access-token', 'static access key', 'yandex', 'YC[0-9A-Za-z_-]{38}', 3),
    ],
  ),
  ...provider(
    'OpenShift',
    'https://docs.openshift.com/container-platform/latest/authentication/managing-oauth-access-tokens.html',
    'Run `oc delete useroauthaccesstokens` with its name.',
    [shape('openshift-user-token', 'user token', '\\b(sha256~[\\w-]{43})(?:[^\\w-]|$)', ['sha256~'], 3.5)],
  ),
  ...provider(
    'HashiCorp Vault',
    HASHICORP,
    'Run `vault token revoke` (a batch token ends with its parent), and look for its use in the audit device.',
    [
      token('vault-batch-token', 'batch token', 'hvb\\.[\\w-]{138,300}', 4),
      token('vault-service-token', 'service token', 'hvs\\.[\\w-]{90,120}|s\\.[0-9A-Za-z]{24}', 3.5, {
        keywords: ['hvs.', 's.'],
      }),
    ],
  ),
  ...provider(
    'HCP Terraform',
    'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
    'Delete the token of the user, team or organisation.',
    [
      token(
        'hashicorp-tf-api-token',
        'API token',
        '(?i:[a-z0-9]{14})\\.atlasv1\\.[0-9A-Za-z_=-]{60,70}',
        3.5,
        { keywords: ['atlasv1'] },
      ),
    ],
  ),
  ...provider(
    'Terraform',
    'https://developer.hashicorp.com/terraform/language/manage-sensitive-data',
    'Change the password, and hand it over as a variable.',
    [
      shape(
        'hashicorp-tf-password',
        'password in a configuration',
        '(?i)(?:administrator_login_password|password)[\\w \\t.-]{0,20}["\' \\t]{0,3}[=:]["\' \\t]{0,3}("[a-z0-9=_-]{8,20}")(?:\\s|$)',
        ['administrator_login_password', 'password'],
        2.5,
        { path: '(?i)\\.(?:tf|hcl)$' },
      ),
    ],
  ),
  ...provider(
    'Doppler',
    'https://docs.doppler.com/docs/service-tokens',
    'Revoke the token under Tokens of the workplace or under Access of the config.',
    [token('doppler-api-token', 'personal token', 'dp\\.pt\\.[0-9A-Za-z]{43}', 2)],
  ),
  ...provider(
    '1Password',
    'https://developer.1password.com/docs/service-accounts/manage-service-accounts/',
    'Revoke the service account, or regenerate the secret key under My Profile.',
    [
      token(
        '1password-secret-key',
        'secret key',
        'A3-[0-9A-Z]{6}-(?:[0-9A-Z]{11}|[0-9A-Z]{6}-[0-9A-Z]{5})-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}',
        3.5,
      ),
      shape(
        '1password-service-account-token',
        'service account token',
        '\\b(ops_eyJ[0-9A-Za-z+/]{250,}={0,3})',
        ['ops_eyj'],
        4,
      ),
    ],
  ),
  ...provider(
    'age',
    'https://github.com/FiloSottile/age#readme',
    'Make a new identity, put its recipient in the place of the old one, and rotate every value that was encrypted for it.',
    [token('age-secret-key', 'identity', 'AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}')],
  ),
  ...provider(
    'Private key',
    'https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final',
    'Make a new pair, put its public half wherever the old one is trusted, and revoke certificates of the old one.',
    [
      shape(
        'private-key',
        '',
        '(?i)(-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[^-]{64,}(?:-[^-]+){0,20}-----END[ A-Z0-9_-]{0,100}KEY(?: BLOCK)?-----)',
        ['-----begin'],
      ),
      {
        id: 'pkcs12-file',
        what: 'store in the format PKCS #12',
        pattern: null,
        path: '(?i)\\.p(?:12|fx)$',
        keywords: [],
        entropy: 0,
        secretGroup: 0,
        level: 'error',
        byName: false,
      },
    ],
  ),
  ...provider(
    'Defined Networking',
    'https://docs.defined.net/guides/rest-api/',
    'Delete the key under Settings > API keys.',
    [
      token('defined-networking-api-token', 'API token', '(?i:dnkey-[a-z0-9=_-]{26}-[a-z0-9=_-]{52})', 3, {
        keywords: ['dnkey'],
      }),
    ],
  ),
  ...provider(
    'Cisco Meraki',
    'https://documentation.meraki.com/General_Administration/Other_Topics/Cisco_Meraki_Dashboard_API',
    'Revoke the key on the profile of its user.',
    [named('cisco-meraki-api-key', 'API key', 'meraki', '[0-9a-f]{40}', 3)],
  ),
  ...provider(
    'Fastly',
    'https://www.fastly.com/documentation/guides/account-info/user-and-account-management/using-api-tokens/',
    'Delete the token under Account > API tokens.',
    [named('fastly-api-token', 'API token', 'fastly', '[a-z0-9=_-]{32}', 3)],
  ),
  ...provider(
    'Okta',
    'https://developer.okta.com/docs/guides/create-an-api-token/main/',
    'Revoke the token under Security > API > Tokens.',
    [named('okta-access-token', 'API token', 'okta', '00[\\w=-]{40}', 3.5)],
  ),
  ...provider(
    'Authress',
    'https://authress.io/knowledge-base/docs/authorization/service-clients',
    'Delete the access key of the service client.',
    [
      token(
        'authress-service-client-access-key',
        'service client access key',
        '(?:sc|ext|scauth|authress)_[0-9A-Za-z]{5,30}\\.[0-9A-Za-z]{4,6}\\.acc[_-][0-9A-Za-z-]{10,32}\\.[0-9A-Za-z+/_=-]{30,120}',
        2,
        { keywords: ['sc_', 'ext_', 'scauth_', 'authress_'] },
      ),
    ],
  ),
];
