import { named, provider, shape, token, UUID, type Kind } from './kind.ts';

/** Names of fields that hold credentials: of YAML, of properties, of XML (`fs.s3a.secret.key`). */
const FIELD =
  '(?:access[._-]?key|auth[._-]?(?:key|token)|api[._-]?key|client[._-]?secret|credentials?|passwd|password|private[._-]?key|(?:existing[._-]?)?secret(?:[._-]?key)?|token)';

/** Payment, trade, and the tools of an office. */
export const BUSINESS: readonly Kind[] = [
  ...provider(
    'Stripe',
    'https://docs.stripe.com/keys#rolling-keys',
    'Roll the key under Developers > API keys, and look at its log for requests that are not yours.',
    [
      token('stripe-access-token', 'secret key', '[rs]k_(?:test|live|prod)_[0-9A-Za-z]{10,99}', 2, {
        keywords: ['sk_test', 'sk_live', 'sk_prod', 'rk_test', 'rk_live', 'rk_prod'],
      }),
    ],
  ),
  ...provider(
    'Square',
    'https://developer.squareup.com/docs/build-basics/access-tokens',
    'Replace the token on the Credentials page of the application.',
    [
      token('square-access-token', 'access token', '(?:EAAA|sq0atp-)[\\w-]{22,60}', 3, {
        keywords: ['sq0atp-', 'eaaa'],
      }),
    ],
  ),
  ...provider(
    'Shopify',
    'https://shopify.dev/docs/apps/build/authentication-authorization/client-secrets/rotate-revoke-client-credentials',
    'Rotate the credentials of the app, or uninstall it.',
    [
      token('shopify-access-token', 'access token', 'shpat_[0-9a-fA-F]{32}', 2),
      token('shopify-custom-access-token', 'custom app access token', 'shpca_[0-9a-fA-F]{32}', 2),
      token('shopify-private-app-access-token', 'private app access token', 'shppa_[0-9a-fA-F]{32}', 2),
      token('shopify-shared-secret', 'shared secret', 'shpss_[0-9a-fA-F]{32}', 2),
    ],
  ),
  ...provider(
    'Plaid',
    'https://plaid.com/docs/account/security/#rotating-keys',
    'Rotate the secret in the dashboard; an access token is replaced by `/item/access_token/invalidate`.',
    [
      named(
        'plaid-api-token',
        'access token',
        'plaid',
        `access-(?:sandbox|development|production)-${UUID}`,
        2,
      ),
      named('plaid-client-id', 'client id', 'plaid', '[a-z0-9]{24}', 3, { level: 'info' }),
      named('plaid-secret-key', 'secret', 'plaid', '[a-z0-9]{30}', 3),
    ],
  ),
  ...provider(
    'GoCardless',
    'https://developer.gocardless.com/api-reference/#making-requests-backwards-compatibility',
    'Delete the access token under Developers.',
    [named('gocardless-api-token', 'access token', 'gocardless', 'live_[a-z0-9=_-]{40}', 3)],
  ),
  ...provider(
    'Flutterwave',
    'https://developer.flutterwave.com/docs/authentication',
    'Generate new keys under Settings > API keys.',
    [
      token('flutterwave-secret-key', 'secret key', 'FLWSECK_TEST-(?i:[a-h0-9]{32})-X', 2),
      token(
        'flutterwave-encryption-key',
        'encryption key',
        'FLWSECK_TEST[a-h0-9]{12}|FLWSECK_TEST-(?i:[a-h0-9]{12})',
        2,
        { keywords: ['flwseck_test'] },
      ),
      token('flutterwave-public-key', 'public key', 'FLWPUBK_TEST-(?i:[a-h0-9]{32})-X', 2, { level: 'info' }),
    ],
  ),
  ...provider(
    'Duffel',
    'https://duffel.com/docs/api/overview/making-requests/authentication',
    'Delete the token under Developers > Access tokens.',
    [token('duffel-api-token', 'access token', 'duffel_(?:test|live)_[0-9A-Za-z=_-]{43}', 2)],
  ),
  ...provider(
    'EasyPost',
    'https://docs.easypost.com/docs/api-keys',
    'Delete the key under Account settings > API keys.',
    [
      token('easypost-api-token', 'production API key', 'EZAK[0-9A-Za-z]{54}', 2),
      token('easypost-test-api-token', 'test API key', 'EZTK[0-9A-Za-z]{54}', 2),
    ],
  ),
  ...provider(
    'Shippo',
    'https://docs.goshippo.com/docs/guides_general/authentication/',
    'Delete the token under Settings > API.',
    [token('shippo-api-token', 'API token', 'shippo_(?:live|test)_[0-9a-fA-F]{40}', 2)],
  ),
  ...provider('Lob', 'https://docs.lob.com/', 'Delete the key in the dashboard settings.', [
    named('lob-api-key', 'API key', 'lob', '(?:live|test)_[a-f0-9]{35}', 3, { keywords: ['live_', 'test_'] }),
    named('lob-pub-api-key', 'publishable key', 'lob', '(?:live|test)_pub_[a-f0-9]{31}', 3, {
      keywords: ['_pub'],
      level: 'info',
    }),
  ]),
  ...provider(
    'Finicity',
    'https://developer.mastercard.com/open-finance-us/documentation/quick-start-guide/',
    'Change the partner secret through the API, and ask for a new app key.',
    [
      named('finicity-api-token', 'app key', 'finicity', '[a-f0-9]{32}', 3),
      named('finicity-client-secret', 'partner secret', 'finicity', '[a-z0-9]{20}', 3),
    ],
  ),
  ...provider(
    'Finnhub',
    'https://finnhub.io/docs/api/authentication',
    'Regenerate the key in the dashboard.',
    [named('finnhub-access-token', 'API key', 'finnhub', '[a-z0-9]{20}', 3)],
  ),
  ...provider(
    'FreshBooks',
    'https://www.freshbooks.com/api/authentication',
    'Revoke the token, or make a new client secret, under Developer settings.',
    [named('freshbooks-access-token', 'access token', 'freshbooks', '[a-z0-9]{64}', 3)],
  ),
  ...provider(
    'Coinbase',
    'https://docs.cdp.coinbase.com/get-started/authentication/cdp-api-keys',
    'Delete the key in the developer platform.',
    [named('coinbase-access-token', 'API secret', 'coinbase', '[a-z0-9_-]{64}', 3)],
  ),
  ...provider(
    'Kraken',
    'https://support.kraken.com/articles/360000919966-how-to-create-an-api-key',
    'Delete the key under Security > API.',
    [named('kraken-access-token', 'private key', 'kraken', '[a-z0-9/=_+-]{80,90}', 3)],
  ),
  ...provider(
    'KuCoin',
    'https://www.kucoin.com/docs-new/authentication',
    'Delete the key under API management.',
    [
      named('kucoin-access-token', 'API key', 'kucoin', '[a-f0-9]{24}', 3),
      named('kucoin-secret-key', 'API secret', 'kucoin', UUID, 2),
    ],
  ),
  ...provider('Bittrex', 'https://bittrex.github.io/api/v3', 'The exchange is closed; remove the key.', [
    named('bittrex-access-key', 'access key', 'bittrex', '[a-z0-9]{32}', 3),
    named('bittrex-secret-key', 'secret key', 'bittrex', '[a-z0-9]{32}', 3, {
      keywords: ['bittrex'],
    }),
  ]),
  ...provider(
    'Etsy',
    'https://developers.etsy.com/documentation/essentials/authentication/',
    'Delete the app and make a new one.',
    [named('etsy-access-token', 'API key', 'etsy', '[a-z0-9]{24}', 3)],
  ),
  ...provider(
    'Squarespace',
    'https://support.squarespace.com/hc/en-us/articles/236297987-Squarespace-API-keys',
    'Delete the key under Settings > Advanced > Developer API keys.',
    [named('squarespace-access-token', 'API key', 'squarespace', UUID, 2)],
  ),
  ...provider(
    'Contentful',
    'https://www.contentful.com/developers/docs/references/authentication/',
    'Revoke the token under Settings > API keys.',
    [named('contentful-delivery-api-token', 'delivery token', 'contentful', '[a-z0-9=_-]{43}', 3)],
  ),
  ...provider(
    'Asana',
    'https://developers.asana.com/docs/personal-access-token',
    'Revoke it, or reset the client secret, in the developer console.',
    [
      named('asana-client-id', 'client id', 'asana', '[0-9]{16}', 2, { level: 'info' }),
      named('asana-client-secret', 'client secret', 'asana', '[a-z0-9]{32}', 3),
    ],
  ),
  ...provider(
    'Linear',
    'https://linear.app/developers/graphql#personal-api-keys',
    'Delete the key under Settings > Security & access.',
    [
      token('linear-api-key', 'API key', 'lin_api_[0-9A-Za-z]{40}', 2),
      named('linear-client-secret', 'client secret', 'linear', '[a-f0-9]{32}', 3),
    ],
  ),
  ...provider(
    'Notion',
    'https://developers.notion.com/docs/authorization',
    'Refresh the secret on the page of the integration.',
    [token('notion-api-token', 'integration secret', 'ntn_[0-9]{11}[0-9A-Za-z]{35}', 4)],
  ),
  ...provider(
    'HubSpot',
    'https://developers.hubspot.com/docs/guides/apps/private-apps/overview',
    'Rotate the token under Private apps.',
    [named('hubspot-api-key', 'API key', 'hubspot', UUID, 2)],
  ),
  ...provider(
    'Typeform',
    'https://www.typeform.com/developers/get-started/personal-access-token/',
    'Delete the token under Personal tokens.',
    [
      named('typeform-api-token', 'personal token', 'typeform', 'tfp_[a-z0-9=_.-]{59}', 3, {
        keywords: ['tfp_'],
      }),
    ],
  ),
  ...provider(
    'Zendesk',
    'https://support.zendesk.com/hc/en-us/articles/4408889192858-Managing-API-token-access-to-the-Zendesk-API',
    'Deactivate the token in Admin Center under Apps and integrations.',
    [named('zendesk-secret-key', 'API token', 'zendesk', '[a-z0-9]{40}', 3)],
  ),
];

/** What no provider's name gives away. */
export const GENERAL: readonly Kind[] = [
  ...provider(
    'JSON Web Token',
    'https://datatracker.ietf.org/doc/html/rfc8725',
    'End the session or revoke the grant at its issuer; if it cannot be revoked, rotate the key that signed it.',
    [
      shape(
        'jwt',
        '',
        '\\b(ey[0-9A-Za-z]{17,}\\.ey[\\w/-]{17,}\\.(?:[\\w/-]{10,}={0,2})?)(?:[^\\w/=-]|$)',
        ['ey'],
        3,
      ),
      shape('jwt-base64', 'in base64', '\\b(ZXlK[0-9A-Za-z+/]{40,}={0,2})(?:[^\\w+/=-]|$)', ['zxlk'], 3),
    ],
  ),
  ...provider(
    'Credential in a curl command',
    'https://everything.curl.dev/usingcurl/netrc.html',
    'Change the password or revoke the token at the service called, and let curl read it from a file that is not in Git.',
    [
      shape(
        'curl-auth-header',
        '(header)',
        '(?i)\\bcurl\\b[^\\n;|&]{0,160}?(?:\\\\\\r?\\n[^\\n;|&]{0,160}?){0,5}[ \\t](?:-H|--header)[= \\t]{0,5}["\'](?:Authorization:[ \\t]{0,5}(?:Basic|Bearer|Token|Api-?Token)[ \\t]+|(?:X-(?:[a-z]+-)?)?(?:Api-?)?(?:Key|Token):[ \\t]{0,5})([\\w=~@.+/-]{8,})["\']',
        ['curl'],
        2.75,
      ),
      shape(
        'curl-auth-user',
        '(user and password)',
        '\\bcurl\\b[^\\n;|&]{0,160}?(?:\\\\\\r?\\n[^\\n;|&]{0,160}?){0,5}[ \\t](?:-u|--user)[= \\t]{0,5}["\']?[\\w.@-]+:([^\\s"\'$<{*]{3,})["\']?(?:\\s|$)',
        ['curl'],
        2.5,
      ),
    ],
  ),
  ...provider(
    'Credential',
    'https://owasp.org/www-project-developer-guide/draft/design/web_app_checklist/',
    'Find out what it opens, rotate it there, and let the cluster fetch it from where secrets are kept.',
    [
      {
        ...shape(
          'generic-api-key',
          'by the name of its field',
          `(?i)(?:${FIELD}["'\\x60]?[ \\t]{0,3}\\r?(?:=>|:=|[=:]|\\n[ \\t]*value[ \\t]*:|</name>\\s{0,60}<value>)[ \\t]{0,5}(?:\\{\\{[^{}\\n]{0,120}?["\\x60]|["'\\x60])?|<[\\w:.-]{0,40}${FIELD}>)([\\w.+/~-]{12,150}={0,3})(?:["'\\x60\\s;,}<\\\\]|$)`,
          ['access', 'auth', 'api', 'secret', 'credential', 'passwd', 'password', 'private', 'token'],
          3.5,
          { level: 'warning' },
        ),
        byName: true,
      },
    ],
  ),
];
