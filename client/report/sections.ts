import type { RowState } from '../../workflows/runbook/view';
import type { NoticePart, ReportModel, SectionPart, StepPart, WatchPart } from '../../workflows/runbook/report/model';
import { asStated } from '../identity';
import { count, shortDigest, span } from '../screens/words';
import { attestationTable } from './attested';
import { moment, section, sentence, titled, type Block, type Cell, type Section, type Tone } from './blocks';
import { followUps } from './follow-ups';
import { monitoring, success } from './judged';

/** Writes one section; null where there is nothing to say. */
type SectionWriter = (model: ReportModel) => Section | null;

/** The report's sections in their order. A new part of the model is a writer more in this list. */
const writers: readonly SectionWriter[] = [
  outcome,
  leftByHand,
  standing,
  release,
  plan,
  steps,
  watches,
  success,
  monitoring,
  attestations,
  decisions,
  waivers,
  leftOut,
  undone,
  stays,
  followUps,
  notices,
  links,
];

export function sectionsOf(model: ReportModel): readonly Section[] {
  return writers.flatMap((write) => write(model) ?? []);
}

function outcome(model: ReportModel): Section {
  const { sentence, deploymentId, requester, rollback, startedAt, endedAt, asOf, took, run, missing, trouble, unkept } = model;
  return section('outcome', 'Outcome', [
    { kind: 'text', text: sentence },
    {
      kind: 'facts',
      facts: [
        ['outcome', { state: toneOf(model), text: model.outcome ?? model.state }],
        ['deployment', { code: deploymentId }],
        ['asked for by', `${requester} (${asStated})`],
        ...(rollback
          ? [
              [
                'rolls back',
                `${rollback.of}, by the rung ${rollback.level}${rollback.reason === undefined ? '' : `: ${rollback.reason}`}`,
              ] as const,
            ]
          : []),
        ['began', moment(startedAt)],
        endedAt === null ? ['as of', moment(asOf)] : ['ended', moment(endedAt)],
        [endedAt === null ? 'running for' : 'took', span(took)],
        ...(run ? [['workflow', { code: `${run.workflowId} ${run.runId}`.trim() }] as const] : []),
      ],
    },
    ...titled('Not known here', missing),
    ...titled('Wrong around it', trouble),
    ...titled('No file of this report was kept', unkept === undefined ? [] : [unkept]),
  ]);
}

function toneOf({ outcome: ended, state }: ReportModel): Tone {
  if (ended === null) return state === 'running' || state === 'waiting for approval' ? 'plain' : 'warn';
  if (ended === 'SUCCEEDED') return 'good';
  return ended === 'ROLLBACK_INCOMPLETE' || ended === 'FAILED' ? 'bad' : 'warn';
}

function leftByHand({ left }: ReportModel): Section | null {
  if (left.length === 0) return null;
  const commands = left.map(({ subject, reason, byHand }) => ({ text: `${subject}: ${reason}`, command: byHand }));
  return section('left', 'Left to do by hand', [{ kind: 'commands', commands }]);
}

function standing({ now, deploymentId }: ReportModel): Section | null {
  if (!now) return null;
  const { gate, attention, window, paused, alarms, ifStoppedNow, byHand, undos } = now;
  return section('now', 'Where it stands', [
    {
      kind: 'facts',
      facts: [
        ['phase', now.phase],
        ...(now.candidate && now.live ? [['traffic', `${now.share ?? 0} % on ${now.candidate}, the rest on ${now.live}`] as const] : []),
        ...(now.endsAt ? [['ends about', moment(now.endsAt)] as const] : []),
        ...(window
          ? [
              [
                'window',
                `${window.name}, ${moment(window.opens)} to ${moment(window.closes)}, needs ${span(window.needs)}${window.why ? `: ${window.why}` : ''}`,
              ] as const,
            ]
          : []),
        ...(paused ? [['paused', `by ${paused.by} since ${moment(paused.since)}`] as const] : []),
      ],
    },
    ...(gate
      ? titled(`Waits for approval: ${gate.title}`, [
          ...gate.shows,
          `digest ${shortDigest(gate.digest)}`,
          `${gate.approved.length} of ${gate.approvals} of ${gate.roles.join(', ')}${gate.approved.length > 0 ? `: ${gate.approved.join(', ')}` : ''}; may approve: ${gate.candidates.join(', ')}`,
          `expires ${moment(gate.expiresAt)}: then ${gate.onExpiry}`,
        ])
      : []),
    ...(attention
      ? titled(`Needs attention: ${attention.title}`, [
          attention.reason,
          `answer with ${attention.choices.join(', ')} until ${moment(attention.deadline)}: then ${attention.onDeadline}`,
        ])
      : []),
    ...titled(
      'People are called',
      alarms.map(
        ({ title, reason, called, acknowledged }) =>
          `${title}: ${reason}; called: ${called.join(', ') || 'nobody yet'}; ${acknowledged ? `acknowledged by ${acknowledged}` : 'nobody has acknowledged'}`,
      ),
    ),
    ...titled(
      'Being put back',
      undos.map(({ title, state, note }) => `${state}: ${title}${note ? `: ${note}` : ''}`),
    ),
    ...(undos.length > 0 ? [] : titled('If it stopped now', ifStoppedNow)),
    ...(byHand.length > 0
      ? [{ kind: 'commands', commands: byHand.map((command) => ({ text: 'by hand, in this order', command })) } as const]
      : []),
    { kind: 'commands', commands: [{ text: 'as it is now', command: `analytics-deploy status ${deploymentId}` }] },
  ]);
}

function release({ version, release: facts, releaseDigest }: ReportModel): Section | null {
  if (!facts && !releaseDigest) return null;
  const colour = ({
    colour: name,
    deployment,
    image,
  }: {
    readonly colour: string;
    readonly deployment: string;
    readonly image: string;
  }) => ({ code: `${name} ${deployment} ${image}` });
  return section('release', 'Release', [
    {
      kind: 'facts',
      facts: [
        ['version', version],
        ...(releaseDigest ? [['release digest', { code: releaseDigest }] as const] : []),
        ...(facts
          ? ([
              ['image', { code: facts.image }],
              ['commit', { code: facts.commit }],
              ['tag', { code: facts.tag }],
              ['live before', colour(facts.live)],
              ['candidate before', colour(facts.candidate)],
              ['flags', facts.flags ? { code: facts.flags } : 'none'],
            ] as const)
          : []),
      ],
    },
  ]);
}

function plan({ plan: part, took, endedAt }: ReportModel): Section | null {
  if (!part) return null;
  const { digest, takes, waits, approvals, worstRollback, pointOfNoReturn } = part;
  return section('plan', 'Plan', [
    {
      kind: 'facts',
      facts: [
        ['plan digest', { code: digest }],
        ...(takes === 0
          ? []
          : ([
              ['planned', `${span(takes)}, of which waits ${span(waits)}; without the time that people take`],
              [endedAt === null ? 'running for' : 'took', span(took)],
              ['needs', count(approvals, 'approval')],
              ...(worstRollback > 0 ? [['worst rollback', span(worstRollback)] as const] : []),
              ['point of no return', pointOfNoReturn],
            ] as const)),
      ],
    },
  ]);
}

const stateWords: Readonly<Record<RowState, { readonly words: string; readonly tone: Tone }>> = {
  pending: { words: 'not reached', tone: 'plain' },
  running: { words: 'running', tone: 'plain' },
  done: { words: 'done', tone: 'good' },
  failed: { words: 'FAILED', tone: 'bad' },
  skipped: { words: 'skipped', tone: 'warn' },
  off: { words: 'off', tone: 'plain' },
};

/** The plan's lines beside what happened. */
function steps({ sections, startedAt, endedAt }: ReportModel): Section | null {
  if (sections.length === 0) return null;
  const row = (part: SectionPart | StepPart): readonly Cell[] => [
    { code: part.id },
    'what' in part && part.what && part.what !== part.title ? `${part.title}: ${part.what}` : part.title,
    { state: stateWords[part.state].tone, text: part.state === 'pending' && endedAt === null ? 'to come' : stateWords[part.state].words },
    timeOn(part.startedAt, startedAt),
    timeOn(part.endedAt, startedAt),
    part.planned === null ? '' : span(part.planned),
    part.took === null ? '' : span(part.took),
    part.receipt,
  ];
  return section('steps', 'Steps: the plan beside what happened', [
    {
      kind: 'table',
      columns: ['step', 'what', 'state', 'began (UTC)', 'ended (UTC)', 'planned', 'took', 'receipt'],
      rows: sections.flatMap((part) => [{ cells: row(part), heads: true }, ...part.steps.map((step) => ({ cells: row(step) }))]),
    },
  ]);
}

/** A time of day, with its day where that is not the one on which it all began. */
function timeOn(at: string | null, began: string): string {
  if (at === null) return '';
  return at.slice(0, 10) === began.slice(0, 10) ? at.slice(11, 19) : at.slice(0, 19).replace('T', ' ');
}

const verdictTones: Readonly<Record<WatchPart['verdict'], Tone>> = {
  passed: 'good',
  failed: 'bad',
  inconclusive: 'warn',
  skipped: 'warn',
  running: 'plain',
};

function watches({ watches: parts }: ReportModel): Section | null {
  const [first] = parts;
  if (!first) return null;
  return section('watches', 'Verdicts of the watches', [
    ...(first.limits.length > 0 ? [{ kind: 'text', text: `Limits: ${first.limits.join('; ')}.` } as const] : []),
    {
      kind: 'table',
      columns: ['watch', 'what', 'verdict', 'window', 'measured'],
      rows: parts.map(({ id, title, verdict, planned, window, numbers }) => ({
        cells: [
          { code: id },
          title,
          { state: verdictTones[verdict], text: verdict },
          window === planned ? span(window) : `${span(window)} (planned ${span(planned)})`,
          numbers.join('; '),
        ],
      })),
    },
  ]);
}

function attestations({ attestations: asked }: ReportModel): Section | null {
  if (asked.length === 0) return null;
  return section('attestations', 'Attested by people', [
    { kind: 'text', text: `${sentence(asStated)}. No machine can look at these.` },
    attestationTable(asked),
  ]);
}

function decisions({ decisions: taken, unlisted }: ReportModel): Section | null {
  if (taken.length === 0) return null;
  return section('decisions', 'Decisions of people', [
    { kind: 'text', text: `${sentence(asStated)}.` },
    {
      kind: 'table',
      columns: ['when', 'who', 'what', 'on', 'why'],
      rows: taken.map(({ at, by, what, on, comment }) => ({ cells: [moment(at), by, what, on, comment] })),
    },
    ...(unlisted > 0
      ? [
          {
            kind: 'text',
            text: `${unlisted} more, between the first and the newest, are not listed: Temporal's history has them.`,
          } as const,
        ]
      : []),
  ]);
}

function waivers({ waivers: given }: ReportModel): Section | null {
  return given.length === 0 ? null : section('waivers', 'Skipped and waived', [{ kind: 'list', items: given }]);
}

function leftOut({ leftOut: parts, asked }: ReportModel): Section | null {
  if (parts.length === 0 && !asked) return null;
  const otherwise = asked
    ? [
        ...(asked.emergency === undefined ? [] : [`emergency: ${asked.emergency}`]),
        ...(asked.profile === undefined ? [] : [`profile ${asked.profile}`]),
        ...asked.leftOut,
      ]
    : [];
  return section('left-out', 'Left out, or done otherwise than by the standard runbook', [
    ...(otherwise.length > 0 ? [{ kind: 'list', items: otherwise } as const] : []),
    ...leftOutTable(parts),
  ]);
}

function leftOutTable(parts: ReportModel['leftOut']): readonly Block[] {
  if (parts.length === 0) return [];
  return [
    {
      kind: 'table',
      columns: ['step', 'what', 'reason'],
      rows: parts.map(({ id, title, reason }) => ({ cells: [{ code: id }, title, reason] })),
    },
  ];
}

function undone({ undone: parts }: ReportModel): Section | null {
  if (parts.length === 0) return null;
  return section('undone', 'Put back', [
    {
      kind: 'table',
      columns: ['what', 'how', 'subject'],
      rows: parts.map(({ subject, title, note }) => ({ cells: [title, note, { code: subject }] })),
    },
  ]);
}

function stays({ forwardOnly }: ReportModel): Section | null {
  return forwardOnly.length === 0 ? null : section('stays', 'Stays by its nature', [{ kind: 'list', items: forwardOnly }]);
}

const noticeWords: Readonly<Record<NoticePart['sinks'][number]['result'], string>> = {
  delivered: 'delivered',
  undelivered: 'NOT DELIVERED',
  'perhaps twice': 'delivered at least once, perhaps twice',
  'under way': 'under way',
};

function notices({ notices: sent }: ReportModel): Section | null {
  if (sent.length === 0) return null;
  return section('notices', 'Notices sent', [
    {
      kind: 'table',
      columns: ['when', 'kind', 'what', 'to'],
      rows: sent.map(({ at, kind, subject, sinks }) => ({
        cells: [
          moment(at),
          kind,
          subject,
          {
            state: sinks.every(({ result }) => result === 'delivered') ? 'good' : 'warn',
            text: sinks.map(({ name, result, note }) => `${name}: ${noticeWords[result]}${note ? ` (${note})` : ''}`).join('; '),
          },
        ],
      })),
    },
  ]);
}

function links({ links: all }: ReportModel): Section | null {
  return all.length === 0 ? null : section('links', 'Links', [{ kind: 'links', links: all }]);
}
