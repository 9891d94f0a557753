import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultSpecPath, formatProblem, loadSpec, readSpec, starterSpec } from '../../spec';
import { changed, problemsOf, specFolder, told } from './written';

const write = specFolder();

describe('a spec that is in order', () => {
  test('the default spec carries the numbers of the runbook', () => {
    const loaded = loadSpec(defaultSpecPath);
    if (!loaded.ok) throw new Error(told(loaded).join('\n'));
    const { spec } = loaded;
    expect(spec.ramp.initial).toEqual({ share: 10, watch: 300_000 });
    expect(spec.ramp.steps.map(({ share, watch }) => [share, watch])).toEqual([
      [20, 600_000],
      [50, 600_000],
      [80, 600_000],
      [100, 600_000],
    ]);
    expect(spec.load).toMatchObject({ duration: 600_000, limits: { p95: 500, errors: 0.01, cacheHits: { above: 0.7 } } });
    expect(spec.signals.map(({ id, direction, limit }) => [id, direction, limit])).toEqual([
      ['errors', 'below', 0.05],
      ['latency', 'above', 0.95],
      ['cache', 'above', 0.7],
    ]);
    expect(spec.gates.production).toEqual({ approvals: 2, roles: ['lead', 'ops'], expires: 86_400_000, onExpiry: 'rollback' });
    expect(spec.flags?.values).toHaveProperty('ANALYTICS_ENABLE_ML_ANALYSIS', 'false');
    expect(Object.keys(spec.flags?.values ?? {})).toHaveLength(5);
  });

  test('what the runbook fixes may be left out', () => {
    const left = ['ramp', 'attention', 'rollback', 'off'].reduce((text, key) => {
      const lines = text.split('\n');
      const from = lines.findIndex((line) => line.startsWith(`${key}:`));
      const to = lines.findIndex((line, index) => index > from && /^\S/.test(line));
      return [...lines.slice(0, from), ...lines.slice(to < 0 ? lines.length : to)].join('\n');
    }, starterSpec());
    const [whole, short] = [readSpec(starterSpec(), 'a'), readSpec(left, 'b')];
    // The rungs of the rollback ladder are the service's own: without them they are refused.
    const { minimumReady } = (whole.ok && whole.spec.rollback) || {};
    // How long a pause may last is a day without a word about it.
    const { pauseDeadline, ...attention } = (whole.ok && whole.spec.attention) || {};
    expect(pauseDeadline).toBe(86_400_000);
    expect(short.ok && short.spec).toEqual(whole.ok && { ...whole.spec, attention, rollback: { minimumReady } });
  });

  test('another service loads: other names, no flags, no load test, two namespaces', () => {
    const loaded = loadSpec(join(__dirname, '..', 'specs', 'second.yaml'));
    expect(told(loaded)).toEqual([]);
    expect(loaded.ok && loaded.spec.off).toEqual(expect.objectContaining({ '1.3': expect.any(String), '2.1': expect.any(String) }));
  });

  test('1.10 stays a text where a text is expected, and true does', () => {
    const text = starterSpec()
      .replace('service: analytics', 'service: 110')
      .replace(/ML_ANALYSIS: '?false'?/, 'ML_ANALYSIS: 1.10');
    const read = readSpec(text.replace(/ERROR_TRACKING: '?true'?/, 'ERROR_TRACKING: true'), 'analytics.yaml');
    expect(told(read)).toEqual([]);
    expect(read.ok && read.spec.flags?.values).toMatchObject({
      ANALYTICS_ENABLE_ML_ANALYSIS: '1.10',
      ANALYTICS_ENABLE_ERROR_TRACKING: 'true',
    });
    expect(read.ok && read.spec.service).toBe('110');
  });

  test.each([
    ['service: 1.10', 'service: analytics', /:\d+:10 {2}service is 1\.10: a name has .* Did you mean 1-10\?$/],
    ['soak: 1.10', 'soak: 1h', /ramp\.soak is 1\.10: a duration has units/],
    ['share: 0x80', 'share: 20', /share is 0x80: a share is 0 to 100 %/],
  ])('where it is refused it is quoted as it was written: %s', (written, instead, expected) => {
    expect(problemsOf(starterSpec().replace(instead, written))).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });
});

describe('overrides', () => {
  const overrides = write(
    'overrides.yaml',
    "ramp:\n  soak: 20s\n  steps: [{ share: 100, watch: 1m }]\nload: null\noff: { '1.3': the demo has no time }\n",
  );

  test('sections merge, lists replace, null removes', () => {
    const loaded = loadSpec(defaultSpecPath, [overrides]);
    expect(told(loaded)).toEqual([]);
    if (!loaded.ok) return;
    expect(loaded.spec.ramp).toEqual({
      initial: { share: 10, watch: 300_000 },
      steps: [{ share: 100, watch: 60_000 }],
      selectorWatch: 120_000,
      soak: 20_000,
    });
    expect(loaded.spec).not.toHaveProperty('load');
    expect(loaded.sources).toEqual([defaultSpecPath, overrides]);
  });

  test('a problem is found in the file that brought it', () => {
    const wrong = write('wrong.yaml', 'ramp:\n  soak: soon\n');
    expect(told(loadSpec(defaultSpecPath, [wrong]))).toEqual([
      `${wrong}:2:9  ramp.soak is "soon": a duration has units, such as 500ms, 90s, 10m or 1h30m, and is at most 30d.`,
    ]);
  });
});

describe('what is wrong is said with its place, what is expected, and what was probably meant', () => {
  test.each([
    [
      ['ramp', 'steps', 2, 'share'],
      120,
      /^analytics\.yaml:\d+:\d+ {2}ramp\.steps\[2\]\.share is 120: a share is 0 to 100 %\. Did you mean 100\?$/,
    ],
    [['signals', 0, 'limit'], 5, /signals\[0\]\.limit is 5: a rate is a fraction of one, 0 to 1\. Did you mean 0\.05\?$/],
    [['image', 'repository'], 'gcr.io/project/analytics:v1', /Did you mean gcr\.io\/project\/analytics\?$/],
    [
      ['image', 'repository'],
      'GCR.io/Project/analytics',
      /image\.repository is "GCR\.io\/Project\/analytics": an image repository is host\/path in lower case/,
    ],
    [['image', 'repository'], 'a b', /image\.repository is "a b"/],
    [['image', 'digest'], 'sha256:12', /an image digest is sha256: and 64 hexadecimal digits\.$/],
    [['ramp', 'soak'], 60, /ramp\.soak is 60: .* Add the unit: 60s or 60m\.$/],
    [['ramp', 'selectorWatch'], '0s', /ramp\.selectorWatch is "0s": this duration must be longer than nothing\.$/],
    [['tag', 'ref'], '--upload-pack=evil', /tag\.ref is "--upload-pack=evil": a git ref/],
    [['tag', 'ref'], '$(reboot)', /tag\.ref/],
    [['tag', 'ref'], 'a..b', /tag\.ref/],
    [['tag', 'name'], 'v1', /a tag name contains \{version\}/],
    [['tag', 'name'], '{release}', /tag\.name/],
    [['tag', 'remote'], 'git@example.com:a/b.git', /Did you mean ssh:\/\/git@example\.com\/a\/b\.git\?$/],
    [['tag', 'remote'], 'https://me:secret@example.com/a.git', /tag\.remote is "https:\/\/…@example\.com\/a\.git"/],
    [['staging', 'url'], 'staging.example.com', /Did you mean https:\/\/staging\.example\.com\?$/],
    [['staging', 'url'], 'ftp://example.com', /a base URL begins with http:\/\/ or https:\/\//],
    [['staging', 'namespace'], 'Analytics_Staging', /Did you mean analytics-staging\?$/],
    [['smoke', 0, 'token'], 'usr', /smoke\[0\]\.token is "usr": tokens has no such name\. Did you mean user\?$/],
    [['smoke', 0, 'path'], '//evil.example.com', /a path begins with one slash/],
    [['smoke', 1, 'name'], 'basic functionality', /smoke\[1\]\.name is "basic functionality" like smoke\[0\]\.name/],
    [['smoke', 0, 'expect', 'status'], '200', /is "200": .* Write 200 without quotes\.$/],
    [['smoke', 0, 'metod'], 'GET', /smoke\[0\]\.metod is no key that a spec has\. Did you mean method\?$/],
    [['environmnt'], 'x', /environmnt is no key that a spec has\. Did you mean environment\?$/],
    [['gates', 'production', 'roles'], ['leed'], /roles\[0\] is "leed": a role is one of lead, ops\. Did you mean lead\?$/],
    [
      ['gates', 'production', 'approvals'],
      5,
      /approvals is 5, and only ana, eva, bo, cy hold lead or ops: the gate could never open\. Name more people below roles\.$/,
    ],
    [['roles', 'lead'], [], /attestations\["team\.development"\]\.owner is "lead", and nobody holds it: nobody could attest it\./],
    [['attestations', 'team.chanels'], { owner: 'ops' }, /is unknown: attestations are .*Did you mean team\.channels\?$/],
    [['attestations', 'team.channels', 'owner'], 'op', /owner is "op": a role is one of lead, ops\. Did you mean ops\?$/],
    [['checklist', 'code', 'lint', 'command'], ['lint', '{verson}'], /holds \{verson\}: .*Did you mean \{version\}\?$/],
    [
      ['checklist', 'code', 'lint'],
      undefined,
      /checklist\.code\.lint is missing: the checklist needs it: checklist\.lint\. Add it, or switch off with a reason/,
    ],
    [['checklist', 'code', 'ci'], { url: 'https://ci.example.com' }, /url is "https:\/\/ci\.example\.com": a URL with \{commit\} in it/],
    [
      ['checklist', 'code', 'ci'],
      { url: 'https://ci.example.com/{commit}', checks: { lints: 'x' } },
      /lints is no line: .*Did you mean lint\?$/,
    ],
    [
      ['checklist', 'code', 'ci'],
      { url: 'https://ci.example.com/{commit}', checks: { lint: 'x' } },
      /lint stands beside the command checklist\.code\.lint/,
    ],
    [
      ['checklist', 'code', 'ci'],
      { url: 'https://ci.example.com/{commit}', token: 'ci', checks: {} },
      /token is "ci": tokens has no such name/,
    ],
    [['off', 'checklist.lint'], 'linted elsewhere', undefined],
    [['off', 'team.channels'], 'one team', undefined],
    [['roles', 'lead'], ['ana', 'ana'], /roles\.lead\[1\] is "ana" like roles\.lead\[0\]: each person of a role stands once\.$/],
    [['gates', 'production', 'roles'], ['lead', 'lead'], /production\.roles\[1\] is "lead" like .*roles\[0\]: each role stands once\.$/],
    [['verification', 'families'], ['db', 'db'], /verification\.families\[1\] is "db" like .*families\[0\]: each prefix stands once\.$/],
    [['verification', 'families'], [], undefined],
    [['roles'], { lead: ['ana'], ops: ['ana'] }, /approvals is 2, and only ana holds lead or ops/],
    [['signals', 1, 'id'], 'errors', /signals\[1\]\.id is "errors" like signals\[0\]\.id/],
    [
      ['signals', 0, 'part', 'labels', 'color'],
      '{color}',
      /holds \{color\}: what is replaced here is \{colour\}\. Did you mean \{colour\}\?$/,
    ],
    [['signals', 0, 'part', 'labels', 'status'], '/5(/', /a regular expression in slashes/],
    [['signals', 0, 'part', 'labels', 'status'], '/5\\-1/', /status is "\/5\\\\-1\/": .* without needless backslashes/],
    [['signals', 0, 'part', 'labels', 'status'], '/(5+)+/', /status is "\/\(5\+\)\+\/": .* without a repetition inside another\.$/],
    [['signals', 0, 'part', 'labels', 'status'], '/(?:x(?:[(]5|\\d*)y){2,}/', /without a repetition inside another\.$/],
    [['signals', 0, 'part', 'labels', 'status'], '/(?:5|4)\\d+|[*+]?(?:a+b)?(?:cd){3}(?:ef)*/', undefined],
    [['signals', 0, 'part', 'labels', 'color'], '/{colour}(?:-canary)?/', undefined],
    [['signals', 0, 'part', 'labls'], {}, /signals\[0\]\.part\.labls is no key that a spec has\. Did you mean labels\?$/],
    [['signals', 1, 'quantile', 'labels'], {}, /signals\[1\]\.quantile\.labels does not tell the colours apart/],
    [
      ['signals', 1, 'quantile', 'labels'],
      { colr: '{colour}' },
      /quantile\.labels names the colour by colr, signals\[1\]\.among by color: http_request_duration_seconds has the colour in one label\.$/,
    ],
    [
      ['watching', 'requests', 'labels'],
      { colr: '{colour}' },
      /signals\[0\]\.among\.labels names the colour by color, watching\.requests by colr: http_requests_total has the colour in one label\.$/,
    ],
    [['watching', 'requests', 'labels'], {}, /watching\.requests\.labels does not tell the colours apart/],
    [
      ['signals', 0, 'part', 'labels'],
      { colr: '{colour}', status: '/5../' },
      /signals\[0\]\.part\.labels names the colour by colr, among by color: what is counted and among what have the colour in the same label\.$/,
    ],
    [
      ['signals', 0, 'by'],
      'status',
      /signals\[0\]\.by is status, by which the part is told from its whole: a label whose values part and whole have alike/,
    ],
    [['ramp', 'initial', 'share'], 30, /ramp\.initial\.share is 30: the first share is below the next one, 20 %\.$/],
    [['ramp', 'steps', 1, 'share'], 15, /ramp\.steps\[1\]\.share is 15 after 20/],
    [['ramp', 'steps', 3], undefined, /ramp\.steps\[2\]\.share is 80: the last share is 100\. Add a step with share: 100\.$/],
    [
      ['ramp', 'steps', 0, 'watch'],
      '15s',
      /a watch lasts at least production\.traffic\.propagation and two samples of watching\.every, 50s\.$/,
    ],
    [['tokens', 'admin'], 'hunter2', /tokens\.admin is no reference: a secret is a reference/],
    [['tokens', 'admin'], '$ADMIN_TOKEN', /Did you mean env:ADMIN_TOKEN\?$/],
    [['off', '2.3'], 'no time', /off\["2\.3"\] cannot be off: a deployment is nothing without this step\.$/],
    [['off', '1.5'], 'no time', /off\["1\.5"\] is no step: the steps are/],
    [['off', '1.4'], '', /off\["1\.4"\] is an empty text: a reason is 1 to 200 characters/],
    [['load'], undefined, /load is missing: step 1\.3, load test, needs it\. Add it, or switch the step off/],
    [['flags'], undefined, /flags is missing: step 2\.1/],
    [['smoke'], [], /smoke is missing: step 1\.2/],
    [['production', 'colours', 'green'], undefined, /production\.colours names 1: blue: blue-green needs exactly two colours/],
    [['production', 'colours', 'red'], { deployment: 'analytics-red', service: 'analytics-red' }, /names 3: blue, green, red/],
    [
      ['production', 'colours', 'green', 'service'],
      'analytics-gren',
      /is "analytics-gren" for the colour green: .* Did you mean analytics-green, or the colour gren\?$/,
    ],
    [['production', 'colours', 'green', 'deployment'], 'analytics-blue', /is "analytics-blue" like production\.colours\.blue\.deployment/],
    [['production', 'colours', 'green', 'service'], 'analytics', /like production\.service/],
    [['flags', 'values', 'ANALYTICS_ROLLOUT_PERCENTAGE'], '10', /is flags\.rollout\.name too/],
    [['consistency', 'productionToken'], 'nobody', /tokens has no such name\. Add nobody below tokens/],
  ] as const)('%j: %j', (path, value, expected) => {
    const problems = problemsOf(changed(path, value));
    if (expected === undefined) expect(problems).toEqual([]);
    else expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test('weights on a Service are refused with the reason and the remedy', () => {
    const told =
      /a Kubernetes Service has no weights: an API server drops spec\.traffic and answers that all went well\. Use production\.traffic with mechanism: httproute/;
    for (const text of [
      changed(['production', 'traffic', 'mechanism'], 'service-weights'),
      changed(['production', 'traffic'], { blue: 20, green: 80 }),
      changed(['spec'], { traffic: { blue: 20 } }).replace(/^spec:/m, 'spec.traffic:'),
      changed(['traffic'], { blue: 20, green: 80 }),
    ]) {
      expect(problemsOf(text)).toEqual(expect.arrayContaining([expect.stringMatching(told)]));
    }
  });

  test('all problems come at once, in the order of the file, rules beside keys', () => {
    const text = changed(['ramp', 'initial', 'share'], 60)
      .replace('environment: production', 'environment: Production')
      .replace('approvals: 2', 'approvals: 9');
    const problems = problemsOf(text);
    expect(problems.map((problem) => problem.split(/ +/)[1])).toEqual(['environment', 'ramp.initial.share', 'gates.production.approvals']);
  });

  test('a person gets at most fifty of them', () => {
    const many = Array.from({ length: 90 }, () => ({ name: 'x', path: 'y' }));
    const problems = problemsOf(changed(['smoke'], many));
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toMatch(/has \d+ more problems/);
  });
});

describe('files that are no spec are refused quickly', () => {
  const nested = `a: ${'['.repeat(30)}${']'.repeat(30)}\n`;
  test.each([
    ['an alias', 'a: &x 1\nb: *x\n', /:1:4 .*a YAML anchor is not taken/],
    ['an alias without its anchor', 'service: *x\n', /:1:10 .*a YAML alias is not taken/],
    ['a billion laughs', `a: &a [x, x]\n${'b: [*a, *a]\n'.repeat(1000)}`, /anchor is not taken/],
    ['a tag', 'service: !!binary aGk=\n', /:1:10 .*a YAML tag is not taken/],
    ['a directive', '%YAML 1.1\n---\nservice: x\n', /a YAML directive is not taken/],
    ['too deep', nested, /is nested too deeply: a spec has at most 20 levels/],
    ['deep blocks', Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), /is nested too deeply/],
    ['a key twice', 'service: a\nservice: b\n', /:2:1 {2}service stands twice, first in line 1\. Keep one of them\.$/],
    ['a prototype', '__proto__: { service: x }\n', /__proto__ is no key that a spec can have/],
    ['a key that is a list', '? [a]\n: b\n', /has a key that is no text/],
    ['two documents', 'a: 1\n---\nb: 2\n', /a second document begins here/],
    ['a tab', 'staging:\n\turl: x\n', /:2:1 .*a tab indents this line/],
    ['nothing', '# only a comment\n', /is empty/],
    ['a list', '- a\n', /is a list of 1: a section with the keys service/],
    ['a word', 'hello\n', /is "hello": a section with the keys/],
    ['many tokens', 'a,'.repeat(60_000), /./],
    [
      'many keys',
      Array.from({ length: 40_000 }, (_, index) => `k${index}:`)
        .join('\n')
        .slice(0, 250_000),
      /is too long: a spec has at most/,
    ],
    ['brackets', '['.repeat(200_000), /is nested too deeply/],
    ['not UTF-8', Uint8Array.from([0x61, 0xff, 0xfe]), /is not UTF-8 text/],
  ])('%s', (name, text, expected) => {
    const file = write(`${name.replaceAll(' ', '-')}.yaml`, text);
    const started = performance.now();
    const loaded = loadSpec(file);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(told(loaded)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test('10 MB', () => {
    const file = write('large.yaml', new Uint8Array(10_000_000));
    const started = performance.now();
    expect(told(loadSpec(file))).toEqual([`${file}  is larger than 256 KiB. A spec has a few hundred lines: was another file meant?`]);
    expect(performance.now() - started).toBeLessThan(200);
  });

  test('a folder, and a file that is not there', () => {
    const folder = join(write('x', ''), '..', 'folder');
    mkdirSync(folder);
    expect(told(loadSpec(folder))).toEqual([`${folder}  is not a file.`]);
    expect(told(loadSpec(join(folder, 'nope.yaml')))).toEqual([
      `${join(folder, 'nope.yaml')}  does not exist. Write a starter with "analytics-deploy init".`,
    ]);
    expect(told(loadSpec('a\0b'))).toEqual(['a\0b  is no file name.']);
  });

  test('a file with several mistakes of syntax tells the first of each line', () => {
    const problems = problemsOf('a: "x\nb: {\n');
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(3);
    expect(problems[0]).toMatch(/this is not YAML/);
  });
});

test('a problem reads as one line', () => {
  expect(formatProblem({ file: 'f.yaml', line: 14, column: 9, path: 'ramp.soak', problem: 'is 1', expected: 'x', remedy: 'Do y' })).toBe(
    'f.yaml:14:9  ramp.soak is 1: x. Do y.',
  );
});

test('a canary that is the main Ingress is refused: one cannot be both', () => {
  const traffic = { mechanism: 'nginx', route: 'main', canary: 'main', propagation: '30s' };
  expect(problemsOf(changed(['production', 'traffic'], traffic))).toEqual([
    expect.stringMatching(/production\.traffic\.canary is "main" like route: main and canary are two Ingresses/),
  ]);
});
