// What a secret looks like: the shapes of the keys and tokens that are in use. Each pattern is linear
// in the text, none looks at what stands before it: in JSON text that is the n of a line break.

/** Keys that begin in a way of their own, by who gives them out. */
const KEYS = [
  ['OpenAI, Anthropic, OpenRouter', 'sk-(?:proj|svcacct|admin|None|ant|or|lf)-[\\w-]{16,}'],
  ['OpenAI and others alike', 'sk-[A-Za-z0-9]{20}[\\w-]*'],
  ['Google', 'AIza[\\w-]{30,}'],
  ['Google OAuth', 'ya29\\.[\\w-]{20,}'],
  ['Google client secret', 'GOCSPX-[\\w-]{20,}'],
  ['AWS', '(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16,}'],
  ['Amazon Bedrock', 'ABSK[A-Za-z0-9+/=]{40,}'],
  ['GitHub', 'gh[pousr]_[A-Za-z0-9]{20,}'],
  ['GitHub fine-grained', 'github_pat_\\w{20,}'],
  ['GitLab', 'gl(?:pat|dt|rt|cbt|ptt|ft|agent)-[\\w-]{16,}'],
  ['Slack', 'xox[a-z]-[A-Za-z0-9-]{10,}'],
  ['Slack app', 'xapp-[A-Za-z0-9-]{20,}'],
  ['Slack webhook', 'hooks\\.slack\\.com(?:\\\\?/)services[\\w/\\\\]{20,}'],
  ['Stripe', '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}'],
  ['Stripe webhook', 'whsec_[A-Za-z0-9+/=]{16,}'],
  ['Hugging Face', 'hf_[A-Za-z0-9]{30,}'],
  ['npm', 'npm_[A-Za-z0-9]{30,}'],
  ['PyPI', 'pypi-[\\w-]{40,}'],
  ['Groq', 'gsk_[A-Za-z0-9]{20,}'],
  ['xAI', 'xai-[A-Za-z0-9]{20,}'],
  ['Perplexity', 'pplx-[A-Za-z0-9]{20,}'],
  ['Replicate', 'r8_[A-Za-z0-9]{30,}'],
  ['SendGrid', 'SG\\.[\\w-]{16,}\\.[\\w-]{16,}'],
  ['Twilio', '(?:AC|SK)[0-9a-f]{32,}'],
  ['Databricks', 'dapi[0-9a-f]{32,}'],
  ['DigitalOcean', 'do[opr]_v1_[0-9a-f]{32,}'],
  ['Shopify', 'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,}'],
  ['JSON web token', 'eyJ[\\w-]{8,}(?:\\.[\\w-]*){0,4}'],
] as const;

export const KEY_SHAPES = new RegExp(KEYS.map(([, shape]) => shape).join('|'), 'g');

/** To its end, or to the end of a text that was cut within. */
export const PRIVATE_KEY =
  /-----BEGIN [^-]{0,40}PRIVATE KEY[^-]{0,10}-----[\s\S]*?(?:-----END [^-]{0,40}PRIVATE KEY[^-]{0,10}-----|$)/g;

/**
 * The sign of a token, before which it ends, and the token as a group: what looks like one may end in the
 * sign of the next. A word in small letters is prose: "bearer instruments".
 */
export const BEARER =
  /(?:[Bb]earer|BEARER)(?:\s|\\[nrt]|%20){1,8}(?=[a-z]*[A-Z0-9_~+/=-])(?=([A-Za-z0-9._~+/=-]{8,}))/g;

/** With a password up to the last @ of the word, because passwords may have one; else up to the host. */
export const URL_CREDENTIALS =
  /([a-z][a-z0-9+.-]{1,20}:(?:\\?\/){2})(?:[^\s/@:"'<>\\]{0,256}:[^\s"'<>]{0,512}|[^\s/@?#"'<>\\]{1,256})(@)/gi;

const NAMES =
  'pass(?:word|wd|phrase)|pwd|secret|token(?!s)|(?:api|access|account|private|encryption)[_-]?key|' +
  'shared[_-]?access[_-]?(?:key|signature)|credential|authorization|cookie';
const NAME_ENDINGS = 's?(?:[_-]?(?:id|value|key|hash|text|string))?\\d{0,3}';

/** A field with such a name holds a secret, whatever it looks like. */
export const SECRET_NAME = new RegExp(`(?:${NAMES})${NAME_ENDINGS}$`, 'i');

/** The same in text: `name: `, `name=`, `"name": `; what follows is the value. */
export const NAMED_VALUE = new RegExp(
  `(${NAMES})${NAME_ENDINGS}(?:\\\\*["'\`])?\\s{0,8}(?::|=>?)\\s{0,8}`,
  'gi',
);

/** A value in quotes begins with them, escaped as often as the text is. */
export const OPENING_QUOTE = /(\\*)(["'`])/y;

/** A value without quotes: one word, after the scheme where it has one. */
export const BARE_VALUE =
  /(?:(?:bearer|basic|token|digest)\s{1,8})?(?![{\s]|\[[\s"'{[\]])[^\s"'`\\,;&<>(){}]{6,}/iy;

/** What stands behind `Authorization:` and `Cookie:` goes on to the end of its line. */
export const LINE_VALUE = /(?!["'`{[])[^\r\n"'`\\{}]{1,}/y;
