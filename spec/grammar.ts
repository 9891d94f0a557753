import { isTimeZone } from '../workflows/runbook/zones';
import { nearest } from './nearest';

/** The real grammars of the names in a spec, so that a bad name is refused here and not half-way through a deployment. */
export interface Grammar {
  /** Completes the sentence "X is Y: …". */
  readonly expected: string;
  readonly accepts: (text: string) => boolean;
  /** The value that was probably meant. */
  readonly suggest?: (text: string) => string | undefined;
  /** For editors: the JSON Schema's pattern. */
  readonly pattern?: string;
}

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const imageComponent = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const imageHost = '(?:localhost|[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*)(?::[0-9]{1,5})?';
const repository = new RegExp(`^(?:${imageHost}/)?${imageComponent}(?:/${imageComponent})*$`);
const ofPattern = (pattern: RegExp, expected: string): Grammar => ({
  expected,
  accepts: (text) => pattern.test(text),
  pattern: pattern.source,
});

/** Lower case, dashes for everything else: what a Kubernetes name could have been. */
const asLabel = (text: string): string | undefined => {
  const tried = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return label.test(tried) && tried !== text ? tried : undefined;
};

export const dnsLabel: Grammar = {
  ...ofPattern(label, 'a name has 1 to 63 lower-case letters, digits and dashes, and begins and ends with a letter or digit'),
  suggest: asLabel,
};

export const dnsSubdomain: Grammar = {
  expected: 'a name has at most 253 lower-case letters, digits, dashes and dots, and begins and ends with a letter or digit',
  accepts: (text) => text.length <= 253 && subdomain.test(text),
  suggest: asLabel,
  pattern: subdomain.source,
};

/** Room is left for the content's hash that follows. */
export const configMapPrefix: Grammar = {
  ...dnsSubdomain,
  expected: 'a name has at most 230 lower-case letters, digits, dashes and dots, and begins and ends with a letter or digit',
  accepts: (text) => text.length <= 230 && subdomain.test(text),
};

export const labelKey: Grammar = {
  expected: 'a label key is a name, or a domain, a slash and a name',
  accepts: (text) => {
    const [name = '', prefix, ...rest] = text.split('/').reverse();
    const isName = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name);
    return isName && rest.length === 0 && (prefix === undefined || (prefix.length <= 253 && subdomain.test(prefix)));
  },
};

/** Stricter than git's own rule: nothing that a command line could take for an option or a substitution. */
const isGitRef = (text: string): boolean =>
  /^[A-Za-z0-9_][A-Za-z0-9_./+@-]*$/.test(text) &&
  text.length <= 200 &&
  !/\.\.|\/\/|@\{|\/\.|\.lock(?:\/|$)|[/.]$/.test(text) &&
  text !== '@';

export const gitRef: Grammar = {
  expected: 'a git ref has letters, digits and . _ / + @ -, does not begin with a dash or a dot and does not contain ".."',
  accepts: isGitRef,
};

export const gitTagName: Grammar = {
  expected: 'a tag name contains {version} and is otherwise a git ref of letters, digits and . _ / + @ -',
  accepts: (text) => text.includes('{version}') && isGitRef(text.replaceAll('{version}', 'v1').replace(/\{\w+\}/g, 'x')),
};

export const imageRepository: Grammar = {
  expected:
    'an image repository is host/path in lower case, without tag or digest: the version is given to start, the digest in image.digest',
  accepts: (text) => text.length <= 255 && repository.test(text),
  suggest: (text) => {
    const bare = text
      .replace(/^https?:\/\//, '')
      .replace(/@.*$/, '')
      .replace(/:[^/]*$/, '');
    const tried = bare.toLowerCase();
    return repository.test(bare) ? bare : repository.test(tried) ? tried : undefined;
  },
};

export const imageDigest: Grammar = ofPattern(/^sha256:[0-9a-f]{64}$/, 'an image digest is sha256: and 64 hexadecimal digits');

/** Printable ASCII: safe in a header, a log line and a terminal. */
export const headerSafe: Grammar = ofPattern(
  /^[!-~](?:[ -~]{0,198}[!-~])?$/,
  'a text here is 1 to 200 printable ASCII characters on one line',
);

export const person: Grammar = ofPattern(
  /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/,
  'a person is a login name or an e-mail address without spaces',
);

/** Context names carry ARNs, slashes and e-mail addresses. */
export const clusterName: Grammar = {
  ...ofPattern(/^[A-Za-z0-9_][!-~]{0,252}$/, 'a cluster is "current", "in-cluster" or the name of a kubeconfig context'),
};

export const email: Grammar = ofPattern(/^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$/, 'an e-mail address is name@host');
/** What git writes into a tag: nothing that ends its line or its field. */
export const taggerName: Grammar = ofPattern(
  /^[^\s<>\u0000-\u001f\u007f-\u009f][^<>\u0000-\u001f\u007f-\u009f]{0,99}$/,
  'a tagger is a name on one line, without < and >',
);
export const title: Grammar = ofPattern(
  /^[^\s\u0000-\u001f\u007f-\u009f](?:[^\u0000-\u001f\u007f-\u009f]{0,79})$/,
  'a name for people is 1 to 80 characters on one line',
);
export const reason: Grammar = ofPattern(
  /^[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]{0,199}$/,
  'a reason is 1 to 200 characters on one line',
);
export const tagMessage: Grammar = ofPattern(/^[^\u0000-\u001f\u007f-\u009f]{1,200}$/, 'a tag message is 1 to 200 characters on one line');

/** What `Intl` knows of it shows times; it decides nothing. */
export const timeZone: Grammar = {
  expected: 'a time zone is an IANA name such as Europe/Berlin or America/New_York',
  accepts: isTimeZone,
  suggest: (text) => nearest(text, Intl.supportedValuesOf('timeZone')),
};

export const httpPath: Grammar = {
  expected: 'a path begins with one slash and holds no spaces, control characters or "#"',
  accepts: (text) => /^\/(?!\/)[!-"$-~]{0,2000}$/.test(text) || text === '/',
  suggest: (text) => (/^[A-Za-z0-9]/.test(text) && !text.includes(':') ? `/${text}` : undefined),
};

export const metricName: Grammar = ofPattern(
  /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/,
  'a metric name has letters, digits, "_" and ":"; its labels go below "labels"',
);
export const labelName: Grammar = ofPattern(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/, 'a metric label has letters, digits and "_"');
export const labelMatch: Grammar = {
  expected:
    'a label value is the value itself, or a regular expression in slashes such as /5../, without needless backslashes and without a repetition inside another',
  accepts: (text) => text.length <= 200 && !/[\u0000-\u001f\u007f-\u009f]/.test(text) && (!isPattern(text) || isSound(text.slice(1, -1))),
};
const isPattern = (text: string): boolean => text.length > 1 && text.startsWith('/') && text.endsWith('/');
const isSound = (source: string): boolean => source !== '' && compiles(source.replaceAll('{colour}', 'colour')) && !repeatsTwice(source);
/** As the samples are matched, so that no expression fails in the middle of a watch. */
const compiles = (source: string): boolean => {
  try {
    return new RegExp(`^(?:${source})$`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
};

/** `(a+)+` may take longer than a watch lasts to find that a label does not match. */
const repeatsTwice = (source: string): boolean => {
  let left = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  for (;;) {
    if (/\([^()]*(?:[*+]|\{\d+,\})[^()]*\)(?:[*+]|\{\d+,\})/.test(left)) return true;
    const inner = left.replace(/\(([^()]*)\)/g, '$1');
    if (inner === left) return false;
    left = inner;
  }
};

export const variableName: Grammar = ofPattern(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, 'a variable has letters, digits and "_"');
/** ConfigMap values and arguments of a command: no NUL, no line ends. */
export const lineOfText: Grammar = ofPattern(/^[^\u0000-\u001f\u007f-\u009f]{0,2000}$/, 'a value is at most 2000 characters on one line');
export const argument: Grammar = ofPattern(/^[^\u0000-\u001f\u007f-\u009f]{1,2000}$/, 'an argument is 1 to 2000 characters on one line');
export const jsonPath: Grammar = ofPattern(
  /^[^\s.\u0000-\u001f\u007f-\u009f]+(?:\.[^\s.\u0000-\u001f\u007f-\u009f]+)*$/,
  'a field is named by its path with dots, such as totals.events',
);
export const shortName: Grammar = ofPattern(
  /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,58}[A-Za-z0-9])?$/,
  'a name here has 1 to 60 letters, digits, dashes, dots and "_"',
);
export const absoluteFolder: Grammar = {
  expected: 'a folder here begins with a slash, and has neither ".." nor control characters',
  accepts: (text) => /^\/[^\u0000-\u001f\u007f-\u009f]{0,999}$/.test(text) && !text.split('/').includes('..'),
  pattern: '^/',
};
export const tableName: Grammar = ofPattern(
  /^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,62}$/,
  'a table has lower-case letters, digits and "_", after its schema and a dot where it is not in public',
);
export const relativeDirectory: Grammar = {
  expected: 'a directory is relative to the checkout and stays below it, such as . or services/api',
  accepts: (text) => /^[A-Za-z0-9_.][A-Za-z0-9_./-]{0,200}$/.test(text) && !text.split('/').includes('..'),
};

export const relativeFile: Grammar = {
  expected: 'a file is relative and stays below its folder, such as deployments.jsonl',
  accepts: (text) =>
    /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}$/.test(text) &&
    !text.endsWith('/') &&
    !text.split('/').some((part) => part === '..' || part === ''),
};

export const secretReference: Grammar = {
  expected: 'a secret is a reference, env:NAME or file:/path, never the secret itself',
  accepts: (text) => /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text) || /^file:\/[^\u0000-\u001f\u007f-\u009f]{1,1000}$/.test(text),
  suggest: (text) => (/^\$?\{?[A-Z][A-Z0-9_]*\}?$/.test(text) ? `env:${text.replace(/[${}]/g, '')}` : undefined),
};

/** Base URL of a service, or a page. Credentials belong into `tokens`. */
export const httpUrl: Grammar = {
  expected: 'a URL begins with http:// or https:// and carries no user name, password or "#"',
  accepts: (text) => isUrl(text, ['http:', 'https:']) && !new URL(text).username && !new URL(text).password && !text.includes('#'),
  suggest: (text) => (/^[a-z0-9.-]+\.[a-z]{2,}(?::\d+)?(?:\/\S*)?$/i.test(text) ? `https://${text}` : undefined),
};

/** A page of one commit. */
export const commitUrl: Grammar = {
  expected: 'a URL with {commit} in it, such as https://api.example.com/repos/project/analytics/commits/{commit}/check-runs',
  accepts: (text) => text.includes('{commit}') && httpUrl.accepts(text.replaceAll('{commit}', '0')),
};

/** A URL to which paths are appended. */
export const baseUrl: Grammar = {
  expected: 'a base URL begins with http:// or https://, ends without a slash and carries no query, user name or password',
  accepts: (text) => httpUrl.accepts(text) && !text.endsWith('/') && !text.includes('?'),
  suggest: (text) => {
    const tried = (httpUrl.accepts(text) ? text : (httpUrl.suggest?.(text) ?? '')).replace(/\?.*$/, '').replace(/\/+$/, '');
    return httpUrl.accepts(tried) ? tried : undefined;
  },
};

/** A server of Redis' protocol; its password belongs into `tokens`. */
export const redisUrl: Grammar = ofPattern(
  /^rediss?:\/\/(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/,
  'a Redis server is redis://HOST:PORT or rediss://HOST:PORT, without user name, password and database',
);

export const hostAndPort: Grammar = ofPattern(
  /^(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/,
  'a host is a name or an address, and a port where it is not 443',
);

export const absoluteFile: Grammar = ofPattern(
  /^\/[^\u0000-\u001f\u007f-\u009f]{1,1000}$/,
  'a file here is named by its whole path, beginning with a slash',
);

/** As Alertmanager reads them. */
export const alertMatcher: Grammar = ofPattern(
  /^[a-zA-Z_][a-zA-Z0-9_]*(?:=~|!~|!=|=)"[^"\\\u0000-\u001f\u007f-\u009f]{0,200}"$/,
  'a matcher is a label, one of = != =~ !~ and a value in double quotes, such as severity="critical"',
);

export const gitRemote: Grammar = {
  expected: 'a remote is an https://, ssh:// or file:// URL without a password',
  accepts: (text) => isUrl(text, ['https:', 'ssh:', 'file:']) && isQuietRemote(new URL(text)),
  suggest: (text) => {
    const short = /^([A-Za-z0-9_.-]+@[A-Za-z0-9.-]+):([A-Za-z0-9_][^\s]*)$/.exec(text);
    return short ? `ssh://${short[1]}/${short[2]}` : text.startsWith('/') ? `file://${text}` : undefined;
  },
};
const isQuietRemote = ({ protocol, username, password, hostname }: URL): boolean =>
  password === '' && (username === '' || protocol === 'ssh:') && !hostname.startsWith('-') && !username.startsWith('-');
const isUrl = (text: string, protocols: readonly string[]): boolean =>
  /^[!-~]{1,2000}$/.test(text) &&
  !text.includes('\\') &&
  URL.canParse(text) &&
  protocols.includes(new URL(text).protocol) &&
  /^[a-z]+:\/\//.test(text);
