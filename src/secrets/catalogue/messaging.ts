import { named, provider, shape, token, UUID, type Kind } from './kind.ts';

/** Chat, mail, and social networks. */
export const MESSAGING: readonly Kind[] = [
  ...provider(
    'Slack',
    'https://api.slack.com/authentication/rotation',
    'Revoke it with `auth.revoke`, or regenerate it on the page of the app; for a webhook, remove it from the app.',
    [
      token('slack-bot-token', 'bot token', 'xoxb-[0-9]{10,13}-[0-9]{10,13}[0-9A-Za-z-]*', 3),
      token('slack-legacy-bot-token', 'legacy bot token', 'xoxb-[0-9]{8,14}-[0-9A-Za-z]{18,26}', 2),
      token('slack-user-token', 'user token', 'xox[pe](?:-[0-9]{10,13}){3}-[0-9A-Za-z-]{28,34}', 2, {
        keywords: ['xoxp-', 'xoxe-'],
      }),
      token('slack-app-token', 'app-level token', '(?i:xapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-z0-9]+)', 2, {
        keywords: ['xapp-'],
      }),
      token(
        'slack-config-access-token',
        'configuration token',
        '(?i:xoxe\\.xox[bp]-[0-9]-[A-Z0-9]{163,166})',
        2,
        { keywords: ['xoxe.xoxb-', 'xoxe.xoxp-'] },
      ),
      token('slack-config-refresh-token', 'configuration refresh token', '(?i:xoxe-[0-9]-[A-Z0-9]{146})', 2, {
        keywords: ['xoxe-'],
      }),
      token('slack-legacy-token', 'legacy token', 'xox[os]-[0-9]+-[0-9]+-[0-9]+-[0-9A-Fa-f]+', 2, {
        keywords: ['xoxo-', 'xoxs-'],
      }),
      token(
        'slack-legacy-workspace-token',
        'legacy workspace token',
        'xox[ar]-(?:[0-9]-)?[0-9A-Za-z]{8,48}',
        2,
        { keywords: ['xoxa-', 'xoxr-'] },
      ),
      shape(
        'slack-webhook-url',
        'incoming webhook',
        '\\bhooks\\.slack\\.com/((?:services|workflows|triggers)/[0-9A-Za-z+/]{43,56})(?:[^\\w+/]|$)',
        ['hooks.slack.com'],
        3,
      ),
    ],
  ),
  ...provider(
    'Discord',
    'https://discord.com/developers/docs/topics/oauth2',
    'Reset the token or the client secret in the developer portal.',
    [
      named('discord-api-token', 'API token', 'discord', '[a-f0-9]{64}', 3),
      named('discord-client-id', 'client id', 'discord', '[0-9]{18}', 2, { level: 'info' }),
      named('discord-client-secret', 'client secret', 'discord', '[a-z0-9=_-]{32}', 3),
    ],
  ),
  ...provider(
    'Microsoft Teams',
    'https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
    'Remove the connector from the channel and add a new one.',
    [
      shape(
        'microsoft-teams-webhook',
        'incoming webhook',
        `\\bhttps://[0-9a-z]+\\.webhook\\.office\\.com/(webhookb2/[0-9a-z-]{36}@[0-9a-z-]{36}/IncomingWebhook/[0-9a-z]{32}/[0-9a-z-]{36})`,
        ['webhook.office.com'],
        3,
      ),
    ],
  ),
  ...provider(
    'Telegram',
    'https://core.telegram.org/bots/features#botfather',
    'Send /revoke to @BotFather.',
    [named('telegram-bot-api-token', 'bot token', 'telegr', '[0-9]{5,16}:A[a-z0-9_-]{34}', 3)],
  ),
  ...provider(
    'Mattermost',
    'https://developers.mattermost.com/integrate/reference/personal-access-token/',
    'Revoke the token under Profile > Security.',
    [named('mattermost-access-token', 'access token', 'mattermost', '[a-z0-9]{26}', 3)],
  ),
  ...provider(
    'Gitter',
    'https://developer.gitter.im/docs/authentication',
    'Make a new token on the developer page.',
    [named('gitter-access-token', 'access token', 'gitter', '[a-z0-9_-]{40}', 3)],
  ),
  ...provider(
    'Intercom',
    'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication',
    'Regenerate the access token of the app.',
    [named('intercom-api-key', 'access token', 'intercom', '[a-z0-9=_-]{60}', 3)],
  ),
  ...provider(
    'Sendbird',
    'https://sendbird.com/docs/chat/platform-api/v3/application/managing-api-tokens/revoke-a-secondary-api-token',
    'Revoke the API token in the dashboard.',
    [
      named('sendbird-access-id', 'application id', 'sendbird', UUID, 2, { level: 'info' }),
      named('sendbird-access-token', 'API token', 'sendbird', '[a-f0-9]{40}', 3),
    ],
  ),
  ...provider(
    'Twilio',
    'https://www.twilio.com/docs/iam/api-keys',
    'Delete the key under Account > API keys & tokens.',
    [token('twilio-api-key', 'API key', 'SK[0-9a-fA-F]{32}', 3, { keywords: ['sk'] })],
  ),
  ...provider(
    'MessageBird',
    'https://developers.messagebird.com/api/#authentication',
    'Delete the access key under Developers.',
    [
      named('messagebird-api-token', 'access key', 'message_bird', '[a-z0-9]{25}', 3),
      named('messagebird-client-id', 'client id', 'message_bird', UUID, 2, { level: 'info' }),
    ],
  ),
  ...provider(
    'SendGrid',
    'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    'Delete the key under Settings > API Keys.',
    [token('sendgrid-api-token', 'API key', 'SG\\.[0-9A-Za-z=_.-]{66}', 2)],
  ),
  ...provider(
    'Mailchimp',
    'https://mailchimp.com/help/about-api-keys/',
    'Disable the key under Account > Extras > API keys.',
    [named('mailchimp-api-key', 'API key', 'mailchimp', '[a-f0-9]{32}-us[0-9]{2}', 3)],
  ),
  ...provider(
    'Mailgun',
    'https://help.mailgun.com/hc/en-us/articles/203380100-Where-can-I-find-my-API-keys-and-SMTP-credentials',
    'Delete the key under API Security, and reset the webhook signing key.',
    [
      named('mailgun-private-api-token', 'private API key', 'mailgun', 'key-[a-f0-9]{32}', 3),
      named('mailgun-pub-key', 'public validation key', 'mailgun', 'pubkey-[a-f0-9]{32}', 3, {
        level: 'info',
      }),
      named(
        'mailgun-signing-key',
        'webhook signing key',
        'mailgun',
        '[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}',
        3,
      ),
    ],
  ),
  ...provider(
    'Brevo (Sendinblue)',
    'https://help.brevo.com/hc/en-us/articles/209467485',
    'Delete the key under SMTP & API.',
    [token('sendinblue-api-token', 'API key', 'xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}', 2)],
  ),
  ...provider('Beamer', 'https://www.getbeamer.com/api', 'Regenerate the key in the settings.', [
    named('beamer-api-token', 'API key', 'beamer', 'b_[a-z0-9=_-]{44}', 3),
  ]),
  ...provider(
    'Facebook',
    'https://developers.facebook.com/docs/facebook-login/security/',
    'Reset the app secret, or invalidate the token, in the app dashboard.',
    [
      shape(
        'facebook-access-token',
        'app access token',
        '(?i)\\b([0-9]{15,16}(?:\\||%7c|%)[0-9a-z_-]{27,40})(?:[^\\w-]|$)',
        ['facebook'],
        3,
      ),
      token('facebook-page-access-token', 'page access token', 'EAA[MC][0-9A-Za-z]{100,}', 4, {
        keywords: ['eaam', 'eaac'],
      }),
      named('facebook-secret', 'app secret', 'facebook', '[a-f0-9]{32}', 3),
    ],
  ),
  ...provider(
    'Flickr',
    'https://www.flickr.com/services/api/keys/',
    'Delete the key in the App Garden and ask for a new one.',
    [named('flickr-access-token', 'access token', 'flickr', '[a-z0-9]{32}', 3)],
  ),
  ...provider(
    'LinkedIn',
    'https://learn.microsoft.com/linkedin/shared/authentication/authentication',
    'Make a new client secret under Auth of the app.',
    [
      named('linkedin-client-id', 'client id', 'linked_in', '[a-z0-9]{14}', 2.5, { level: 'info' }),
      named('linkedin-client-secret', 'client secret', 'linked_in', '[a-z0-9]{16}', 2.5),
    ],
  ),
  ...provider(
    'Twitch',
    'https://dev.twitch.tv/docs/authentication/revoke-tokens/',
    'Revoke the token at `id.twitch.tv/oauth2/revoke`.',
    [named('twitch-api-token', 'API token', 'twitch', '[a-z0-9]{30}', 3)],
  ),
  ...provider(
    'X (Twitter)',
    'https://docs.x.com/resources/fundamentals/authentication/overview',
    'Regenerate or revoke it under Keys and tokens of the app.',
    [
      named('twitter-access-secret', 'access token secret', 'twitter', '[a-z0-9]{45}', 3),
      named('twitter-access-token', 'access token', 'twitter', '[0-9]{15,25}-[0-9A-Za-z]{20,40}', 3),
      named('twitter-api-key', 'API key', 'twitter', '[a-z0-9]{25}', 3),
      named('twitter-api-secret', 'API key secret', 'twitter', '[a-z0-9]{50}', 3),
      named('twitter-bearer-token', 'bearer token', 'twitter', 'A{22}[0-9A-Za-z%]{80,100}', 2),
    ],
  ),
  ...provider(
    'Dropbox',
    'https://www.dropbox.com/developers/documentation/http/documentation#auth-token-revoke',
    'Revoke the token with `/auth/token/revoke`, or reset the app secret.',
    [
      named('dropbox-api-token', 'app secret', 'dropbox', '[a-z0-9]{15}', 3),
      named('dropbox-short-lived-api-token', 'short-lived token', 'dropbox', 'sl\\.[a-z0-9=_-]{135}', 3),
      named(
        'dropbox-long-lived-api-token',
        'long-lived token',
        'dropbox',
        '[a-z0-9]{11}AAAAAAAAAA[a-z0-9=_-]{43}',
        3,
      ),
    ],
  ),
  ...provider(
    'Frame.io',
    'https://developer.adobe.com/frameio/guides/',
    'Delete the token in the developer console.',
    [token('frameio-api-token', 'API token', 'fio-u-[0-9A-Za-z=_-]{64}', 2)],
  ),
];
