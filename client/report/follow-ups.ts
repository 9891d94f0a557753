import type { FollowUpsPart } from '../../workflows/runbook/report/follow-ups';
import type { ReportModel } from '../../workflows/runbook/report/model';
import { asStated } from '../identity';
import { span } from '../screens/words';
import { attestationTable } from './attested';
import { moment, section, titled, type Block, type Cell, type Section, type Tone } from './blocks';

const tones: Readonly<Record<NonNullable<FollowUpsPart['last']>['verdict'], Tone>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'warn',
  superseded: 'plain',
};

/** How the release is looked after: what is planned, what was found, what people said, how it ended. */
export function followUps({ followUps: part, deploymentId }: ReportModel): Section | null {
  if (!part) return null;
  const { state, sentence, phases, findings, attestations, decisions, workflowId } = part;
  return section('follow-ups', 'Follow-ups', [
    { kind: 'text', text: sentence },
    ...(state === 'left out' ? [] : [{ kind: 'facts', facts: factsOf(part) } as const]),
    ...titled('Found', findings),
    ...(phases.length > 0 ? [phaseTable(phases)] : []),
    ...(attestations.length > 0
      ? [{ kind: 'text', text: `Attested by people (${asStated}):` } as const, attestationTable(attestations)]
      : []),
    ...titled(
      'Decided by people',
      decisions.map(({ at, by, what, on, comment }) => `${moment(at)} ${by}: ${what} ${on}${comment ? ` "${comment}"` : ''}`),
    ),
    ...(workflowId === null || state === 'ended'
      ? []
      : [{ kind: 'commands', commands: [{ text: 'as they are now', command: `analytics-deploy follow-up ${deploymentId}` }] } as const]),
  ]);
}

function factsOf(part: FollowUpsPart): readonly (readonly [name: string, value: Cell])[] {
  const { workflowId, asOf, state, planned, looks, last, nextAt, startedAt, endsAt, outcome, rollback } = part;
  return [
    ...(workflowId === null ? [] : [['workflow', { code: workflowId }] as const]),
    ...(outcome === null ? [] : [['outcome', { state: outcome === 'COMPLETED' ? 'good' : 'warn', text: outcome }] as const]),
    ...(planned === 0 ? [] : [['looks planned', String(planned)] as const]),
    ...(looks ? [['looks made', looksWords(looks)] as const] : []),
    ...(last
      ? [
          [
            'last look',
            { state: tones[last.verdict], text: `${moment(last.at)}: ${last.verdict}${last.note ? `, ${last.note}` : ''}` },
          ] as const,
        ]
      : []),
    ...(nextAt === null ? [] : [['next look', moment(nextAt)] as const]),
    ...(startedAt === null ? [] : [['began', moment(startedAt)] as const]),
    ...(endsAt === null ? [] : [[state === 'ended' ? 'ended' : 'ends', moment(endsAt)] as const]),
    ...(rollback === null ? [] : [['rollback started', { code: rollback }] as const]),
    ...(asOf === null ? [] : [['as of', moment(asOf)] as const]),
  ];
}

function looksWords({ passed, failed, inconclusive }: NonNullable<FollowUpsPart['looks']>): string {
  return [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(inconclusive > 0 ? [`${inconclusive} inconclusive`] : []),
  ].join(', ');
}

function phaseTable(phases: FollowUpsPart['phases']): Block {
  return {
    kind: 'table',
    columns: ['phase', 'a look every', 'until', 'asks for'],
    rows: phases.map(({ title, every, until, asks }) => ({
      cells: [title, span(every), `${span(until)} after the beginning`, asks.join(', ')],
    })),
  };
}
