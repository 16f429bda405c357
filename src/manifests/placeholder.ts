// Each stands for a value that something else fills in. A default (`${NAME:=value}`) is a value, not a placeholder.
const PLACEHOLDER = [
  /\$\{[A-Za-z_][\w.-]*\}/,
  /\$\([A-Za-z_][\w.-]*\)/,
  /\$?\{\{[^{}]*\}\}/,
  // argocd-vault-plugin (`<path:kv/data/db#password>`) and what a person is asked to replace (`<your token>`).
  /<[^<>\n]{1,200}>/,
  // vals, bank-vaults and the 1Password injector: references up to the next space. The look-ahead leaves one way
  // only to match a text, so that none can stall the match.
  /ref\+[a-z0-9]+:\/\/\S+(?=\s|$)/,
  /(?:>>)?vault:[\w/.-]+#\S*(?=\s|$)/,
  /op:\/\/\S+(?=\s|$)/,
].map((pattern) => pattern.source);

const ONLY_PLACEHOLDERS = new RegExp(`^(?:${PLACEHOLDER.join('|')}|[\\s:/@.,;-])+$`);
const ANY_PLACEHOLDER = new RegExp(PLACEHOLDER.join('|'));
const EACH_PLACEHOLDER = new RegExp(PLACEHOLDER.join('|'), 'g');
/** As long as a token, a webhook's secret path or a generated password. */
const TOKEN = /[\w+-]{20,}/;
const CREDENTIALS_IN_URL = /^[a-z][a-z0-9+.-]*:\/\/(?:([^@\s]*)@)?[^\s]*$/i;
const SECRET_PARAMETER = /[?&;](?:[\w.-]*(?:pass|pwd|secret|token|key|sig))=(?!\$[{(]|\{\{|<)/i;

/** Longer values are configuration files, not placeholders. */
const MAX_LENGTH = 4096;

/** True when every secret part of `text` is left for something else to fill in. */
export function isPlaceholder(text: string): boolean {
  if (text.length > MAX_LENGTH || !ANY_PLACEHOLDER.test(text)) return false;
  const value = text.trim();
  return ONLY_PLACEHOLDERS.test(value) || isUrlWithPlaceholders(value);
}

// A variable of Flux or envsubst may have a default or an operation: `${REPLICAS:=2}`. Others: `__NAME__`, `@@NAME@@`, `%NAME%`.
const EXPRESSION =
  /\$\{[A-Za-z_][^{}\n]*\}|\$\([A-Za-z_][\w.-]*\)|\{\{|<[^<>\n]{1,200}>|^(?:__\w+__|@@?[\w.-]+@@?|%%?[\w.-]+%%?|\$[A-Z_][A-Z0-9_]*)$/;

/** True when something else fills in at least a part of `text`: what it will be cannot be told. */
export function holdsExpression(text: string): boolean {
  return text.length <= MAX_LENGTH && (EXPRESSION.test(text) || ANY_PLACEHOLDER.test(text));
}

/** Signs that no name, label, image or schedule has, so that something must put another value in their place. */
const SIGNS = /[${}<>()]/;

/** True when a short value, such as a name, is not the one that will be deployed. */
export function isLeftOpen(text: string): boolean {
  return SIGNS.test(text) || holdsExpression(text);
}

/** A URL whose password, when it has one, is a placeholder: `postgres://app:${PASSWORD}@db/app`. */
function isUrlWithPlaceholders(value: string): boolean {
  const match = CREDENTIALS_IN_URL.exec(value);
  if (match === null || SECRET_PARAMETER.test(value)) return false;
  if (TOKEN.test(value.replaceAll(EACH_PLACEHOLDER, ' '))) return false;
  const credentials = match[1];
  if (credentials === undefined) return true;
  const colon = credentials.indexOf(':');
  return ONLY_PLACEHOLDERS.test(colon < 0 ? credentials : credentials.slice(colon + 1));
}
