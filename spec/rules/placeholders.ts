import type { CommandSpec, CounterSelector, Spec } from '../../workflows/runbook/spec';
import { codeLineNames } from '../../workflows/runbook/pre-deployment/ids';
import { nearest } from '../nearest';
import { type Finding, formatPath, type Path } from '../problems';
import { rule } from './rule';

/** Texts with `{placeholders}`, and which of them each may hold. */
type Texts = readonly (readonly [path: Path, text: string, known: readonly string[]])[];

export const placeholdersAreKnown = rule(
  'placeholders are known',
  ['tag', 'integration', 'watching', 'signals', 'load'],
  ({ tag, integration, watching, signals, load }) => {
    const hits = load?.limits.cacheHits;
    const stagingCounters: readonly (readonly [Path, CounterSelector])[] = hits
      ? [
          [['load', 'limits', 'cacheHits', 'hits'], hits.hits],
          [['load', 'limits', 'cacheHits', 'lookups'], hits.lookups],
        ]
      : [];
    return [
      ...unknown([
        [['tag', 'name'], tag.name, ['version']],
        [['tag', 'message'], tag.message, ['version']],
        ...commandTexts(['integration'], integration),
      ]),
      ...selectors({ watching, signals }).flatMap(([path, { labels }]) => unknown(labelTexts(path, labels, ['colour']))),
      ...stagingCounters.flatMap(([path, { labels }]) => unknown(labelTexts(path, labels, []))),
    ];
  },
);
/** Commands of the checklist, beside the rule above: one bad section hides no other problem. */
export const placeholdersOfChecklist = rule('placeholders of the checklist are known', ['checklist'], ({ checklist }) =>
  unknown((['prepare', ...codeLineNames] as const).flatMap((name) => commandTexts(['checklist', 'code', name], checklist?.code?.[name]))),
);
const commandTexts = (path: Path, command: CommandSpec | undefined): Texts => [
  ...(command?.command ?? []).map((word, index) => [[...path, 'command', index], word, inCommands] as const),
  ...Object.entries(command?.environment ?? {}).map(([name, value]) => [[...path, 'environment', name], value, inCommands] as const),
];
const inCommands = ['version', 'stagingUrl'] as const;

/** Without it both colours would be judged or shown as one, and a bad candidate would hide behind a good live colour. */
export const countersAreOfOneColour = rule('counters are told apart by colour', ['watching', 'signals'], (spec) =>
  selectors(spec)
    .filter(([, { metric, labels }]) => ![metric, ...Object.values(labels)].some((text) => text.includes('{colour}')) && !mistyped(labels))
    .map(([path]) => ({
      path: [...path, 'labels'],
      problem: 'does not tell the colours apart',
      expected: 'a label holds {colour}',
      remedy: 'Add the label that carries it, for example color: "{colour}".',
    })),
);
/** A part counted by another label than its whole finds nothing, and a part without series may mean that nothing is bad. */
export const partsAreOfTheirWhole = rule('part and whole name the colour by the same label', ['signals'], ({ signals }) =>
  signals.flatMap(({ part, among }, index): readonly Finding[] => {
    if (!nameApart(part, among)) return [];
    return [
      {
        path: ['signals', index, 'part', 'labels'],
        problem: `names the colour by ${colourLabels(part).join(', ')}, among by ${colourLabels(among).join(', ')}`,
        expected: 'what is counted and among what have the colour in the same label',
      },
    ];
  }),
);
/** Values of a label that the part selects are its own: all of their events would be bad. */
export const valuesAreOfPartAndWhole = rule('a signal is judged apart by a label of part and whole', ['signals'], ({ signals }) =>
  signals.flatMap(({ part, among, by }, index): readonly Finding[] => {
    if (by === undefined || part.labels[by] === among.labels[by]) return [];
    return [
      {
        path: ['signals', index, 'by'],
        problem: `is ${by}, by which the part is told from its whole`,
        expected: 'a label whose values part and whole have alike, such as the path of a request',
      },
    ];
  }),
);
/** A metric that is asked for by a label that it does not have shows no series, and every watch would end with a question. */
export const metricsHaveOneColourLabel = rule('a metric names the colour by one label', ['watching', 'signals'], (spec) => {
  const wholes = selectors(spec).filter(([path]) => path.at(-1) !== 'part');
  return wholes.flatMap(([path, counter]): readonly Finding[] => {
    const [first, same] = wholes.find(([, { metric }]) => familyOf(metric) === familyOf(counter.metric)) ?? [path, counter];
    if (!nameApart(counter, same)) return [];
    return [
      {
        path: [...path, 'labels'],
        problem: `names the colour by ${colourLabels(counter).join(', ')}, ${formatPath(first)} by ${colourLabels(same).join(', ')}`,
        expected: `${familyOf(counter.metric)} has the colour in one label`,
      },
    ];
  });
});
const familyOf = (metric: string): string => metric.replace(/_(?:bucket|count|sum)$/, '');
const colourLabels = ({ labels }: CounterSelector): readonly string[] =>
  Object.keys(labels).filter((name) => labels[name]?.includes('{colour}'));
function nameApart(one: CounterSelector, other: CounterSelector): boolean {
  const [ours, theirs] = [colourLabels(one), colourLabels(other)];
  return ours.length > 0 && theirs.length > 0 && !ours.some((name) => theirs.includes(name));
}
/** A misspelled placeholder is told once, by its own rule. */
const mistyped = (labels: CounterSelector['labels']): boolean => Object.values(labels).some((value) => /\{[A-Za-z]\w*\}/.test(value));

function selectors({ watching, signals }: Pick<Spec, 'watching' | 'signals'>): readonly (readonly [Path, CounterSelector])[] {
  return [
    [['watching', 'requests'], watching.requests],
    ...signals.flatMap(({ part, among, quantile }, index) => [
      [['signals', index, 'part'], part] as const,
      [['signals', index, 'among'], among] as const,
      ...(quantile ? [[['signals', index, 'quantile'], { metric: quantile.histogram, labels: quantile.labels }] as const] : []),
    ]),
  ];
}

const labelTexts = (path: Path, labels: CounterSelector['labels'], known: readonly string[]): Texts =>
  Object.entries(labels).map(([name, value]) => [[...path, 'labels', name], value, known] as const);

/** One finding for each placeholder that its text may not hold. */
export function unknown(texts: Texts): readonly Finding[] {
  return texts.flatMap(([path, text, known]) =>
    [...text.matchAll(/\{([A-Za-z]\w*)\}/g)]
      .map(([, name = '']) => name)
      .filter((name) => !known.includes(name))
      .map((name): Finding => {
        const similar = nearest(name, known);
        const listed = known.map((word) => `{${word}}`).join(' and ');
        return {
          path,
          problem: `holds {${name}}`,
          expected: known.length > 0 ? `what is replaced here is ${listed}` : 'nothing is replaced here',
          ...(similar ? { remedy: `Did you mean {${similar}}?` } : {}),
        };
      }),
  );
}
