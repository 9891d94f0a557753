import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from './messages';
import { openingInWords } from './runbook/windows';
import { numbered } from './runbook/step';
import type { AttentionView, AttestationView, DeploymentView, Row, RowState } from './runbook/view';

const phaseKey = { name: searchAttributes.phase, type: 'KEYWORD' } as const;
const statusKey = { name: searchAttributes.status, type: 'KEYWORD' } as const;
const weightKey = { name: searchAttributes.weight, type: 'INT' } as const;

export interface Standing {
  readonly phase: string;
  readonly status: string;
  readonly weight: number;
}

/** What Temporal's own screens show of the deployment: search attributes (or the memo), and the live runbook as current details. */
export class Journal {
  private last: Partial<Standing> = {};

  constructor(
    private readonly registered: boolean,
    private readonly view: () => DeploymentView,
  ) {}

  /** One event, and only where something changed. */
  stand(standing: Standing): void {
    const { phase, status, weight } = this.last;
    if (!this.isNews(standing)) return;
    this.last = standing;
    if (this.registered) {
      // Only what changed: the history stays small.
      upsertSearchAttributes([
        ...(phase === standing.phase ? [] : [{ key: phaseKey, value: standing.phase }]),
        ...(status === standing.status ? [] : [{ key: statusKey, value: standing.status }]),
        ...(weight === standing.weight ? [] : [{ key: weightKey, value: standing.weight }]),
      ]);
    } else {
      upsertMemo({ ...standing });
    }
  }

  isNews(standing: Standing): boolean {
    const { phase, status, weight } = this.last;
    return phase !== standing.phase || status !== standing.status || weight !== standing.weight;
  }

  /** Writes the live runbook; costs no event. */
  write(): void {
    setCurrentDetails(details(this.view()));
  }
}

const marks: Readonly<Record<RowState, string>> = { pending: '·', running: '◐', done: '✔', failed: '✖', skipped: '↷', off: '–' };

/** The live runbook as Markdown, ending with the commands that can be typed now. */
export function details(view: DeploymentView): string {
  const { deploymentId, service, version, environment, state, share, candidate, live, report } = view;
  return [
    `**${service} ${version} → ${environment}**: ${report ? `${report.outcome}: ${report.reason}` : state}`,
    ...(candidate && live
      ? [`Traffic: ${share} % ${candidate.colour} (${candidate.image}), ${100 - share} % ${live.colour} (${live.image})`]
      : []),
    ...windowWords(view),
    '',
    ...view.rows.map(line),
    '',
    ...(view.undos.length > 0
      ? ['Putting back:', ...view.undos.map(({ title, state: undo, note }) => `- ${undo}: ${title}${note ? `: ${note}` : ''}`), '']
      : []),
    ...(view.attestations && view.attestations.length > 0 ? ['Attestations:', ...view.attestations.map(attestation), ''] : []),
    ...(view.waivers.length > 0 ? ['Waived or skipped:', ...view.waivers.map((waiver) => `- ${waiver}`), ''] : []),
    '```',
    ...nextCommands(view).map((command) => `analytics-deploy ${command.replace('ID', deploymentId)}`),
    '```',
    'Identities are as stated by the client.',
  ].join('\n');
}

function windowWords({ window }: DeploymentView): readonly string[] {
  if (!window) return [];
  const { waiting, isOver, why } = window;
  return [
    waiting ? `Waiting for its window: ${openingInWords(window)}; ${why}` : `Window: ${openingInWords(window)}${isOver ? ': OVERRUN' : ''}`,
  ];
}

function line({ state, id, title, note }: Row): string {
  return `- ${marks[state]} ${numbered(id, title)}${note ? `: ${note}` : ''}`;
}

const failing = ({ lines = [] }: AttentionView): readonly string[] => lines.filter(({ waived }) => waived === null).map(({ id }) => id);

function attestation({ id, title, owner, state, by, note }: AttestationView): string {
  return `- ${state}: ${id} ${title}${by === null ? ` (${owner})` : ` by ${by}`}${note ? `: ${note}` : ''}`;
}

/** What can be typed next; ID stands for the deployment id. */
export function nextCommands({ gate, attention, attestations = [], alarms = [], paused, state }: DeploymentView): readonly string[] {
  if (state === 'ended') return ['status ID', 'report ID'];
  const ack = alarms.some(({ acknowledged }) => acknowledged === null) ? ['ack ID'] : [];
  if (state === 'unwinding')
    return [
      'status ID',
      ...ack,
      ...(attention ? [`retry ID --step ${attention.step}`, `skip ID --step ${attention.step} --comment "why"`] : []),
      'handover ID',
    ];
  return [
    ...ack,
    ...(gate
      ? [
          `approve ID --gate ${gate.id} --digest ${gate.digest.slice(0, 12)}`,
          `reject ID --gate ${gate.id} --digest ${gate.digest.slice(0, 12)}`,
        ]
      : []),
    ...(attention
      ? attention.choices.flatMap((choice) => {
          if (choice === 'rollback') return ['rollback ID'];
          // It is always possible, and said below.
          if (choice === 'abort') return [];
          if (choice === 'waive') return failing(attention).map((id) => `waive ID --item ${id} --comment "why" --until YYYY-MM-DD`);
          return [`${choice} ID --step ${attention.step}${choice === 'skip' ? ' --comment "why"' : ''}`];
        })
      : []),
    ...attestations.filter((asked) => asked.state === 'open').map(({ id }) => `attest ID --item ${id}`),
    paused ? 'resume ID' : 'pause ID',
    'abort ID',
  ];
}
