import { askedWords, askFor, awaitAttestations } from './attesting';
import { mark, type Board, type BoardLine } from './board';
import { readFailure, withRemedy, type Call } from './calls';
import type { OpenAttestation } from './desk-state';
import { stop } from './endings';
import { drop, isOver, keep, waiverWords, type ItemState } from './item-rules';
import type { RunFacts } from './runbook/announcing';
import type { AttestationId } from './runbook/attestations';
import { labelOf, type Checker, type ChecklistLine, type Runner } from './runbook/step';
import type { FailedLine } from './runbook/view';
import type { Opening } from './runbook/windows';

/** What the items need of the runner. */
export interface Surroundings {
  readonly state: ItemState;
  readonly board: Board;
  readonly call: Call;
  readonly together: Runner['together'];
  /** Asks once for all that failed; throws where the answer, or the deadline, is the way back. */
  readonly ask: (step: { readonly id: string; readonly title: string }, lines: readonly FailedLine[]) => Promise<unknown>;
  /** What criteria are judged on. */
  readonly facts: () => RunFacts;
  /** Holds while the deployment is paused. */
  readonly checkpoint: () => Promise<void>;
  /** Stands still until the wait is over; guarded where traffic has moved. */
  readonly guarded: <T>(wait: Promise<T>) => Promise<T>;
  readonly hasTraffic: () => boolean;
  /** The window in which production would lie, were it begun now; null where none is waited for. */
  readonly foreseen: () => Opening | null;
  readonly changed: () => void;
  readonly notice: (kind: string, text: string) => void;
}

/** Lines of the checklist and attestations: what is collected before it fails, and what is asked for again once its waiver has ended. */
export class Items {
  /** By item: in which section it stands, and how it is asked for. */
  private readonly known = new Map<string, { readonly sectionId: string; readonly line?: ChecklistLine }>();
  /** How often a section has asked for attestations. */
  private readonly rounds = new Map<string, number>();

  constructor(private readonly around: Surroundings) {}

  /** Makes the checks until each has passed or is waived. */
  async checklist(sectionId: string, lines: readonly ChecklistLine[]): Promise<void> {
    for (const line of lines) this.known.set(line.id, { sectionId, line });
    let open = lines;
    while (open.length > 0) {
      const failed = await this.collect(sectionId, open);
      if (failed.length === 0) return;
      const { title } = this.around.board.section(sectionId);
      await this.around.ask({ id: sectionId, title }, failed);
      open = this.unwaived(sectionId, open, failed);
    }
  }

  /** Asks for all attestations at once and waits for them. What nobody attests in time is waived by the spec's own word, or ends the deployment. */
  async attested(sectionId: string, ids: readonly AttestationId[]): Promise<void> {
    const { state, board, guarded, hasTraffic, changed, notice } = this.around;
    // Once traffic has moved, the way back is the only outcome of a wait for people.
    const asked = askFor(ids, state.request.spec, {
      ...(hasTraffic() ? { onExpiry: 'rollback' } : {}),
      window: this.around.foreseen,
    });
    if (asked.length === 0) return;
    const lineOf = ({ id, title }: OpenAttestation): BoardLine => board.step(sectionId, id, title);
    for (const { attestation } of asked) {
      this.known.set(attestation.id, { sectionId });
      const earlier = state.attestations.findIndex(({ id }) => id === attestation.id);
      if (earlier >= 0) state.attestations.splice(earlier, 1);
      state.attestations.push(attestation);
      mark(lineOf(attestation), 'running');
    }
    changed();
    const kind = this.noticeKind(sectionId);
    notice(kind, `To be attested: ${asked.map(({ attestation }) => askedWords(attestation)).join('; ')}`);
    let reminders = 0;
    await guarded(
      awaitAttestations(asked, {
        settled: (attestation) => {
          this.settle(attestation, lineOf(attestation));
        },
        late: (open) => {
          notice(`${kind}-reminder-${++reminders}`, `Still to be attested: ${open.map(askedWords).join('; ')}`);
        },
      }),
    );
  }

  /** An ended waiver counts as none: what it let pass is asked for again. */
  async renew(): Promise<void> {
    const { state } = this.around;
    for (;;) {
      const over = state.waived.filter(isOver).map(({ item }) => item);
      if (over.length === 0) return;
      for (const item of over) drop(state, item);
      for (const sectionId of new Set(over.flatMap((item) => this.known.get(item)?.sectionId ?? []))) {
        const here = over.filter((item) => this.known.get(item)?.sectionId === sectionId);
        await this.checklist(
          sectionId,
          here.flatMap((item) => this.known.get(item)?.line ?? []),
        );
        await this.attested(
          sectionId,
          here.filter((item): item is AttestationId => this.known.get(item)?.line === undefined),
        );
      }
    }
  }

  /** Makes all checks side by side; each failure is marked and collected, none stops the others. */
  private async collect(sectionId: string, lines: readonly ChecklistLine[]): Promise<readonly FailedLine[]> {
    const { board, call, together, checkpoint, changed, facts } = this.around;
    await checkpoint();
    const reasons = new Map<string, string>();
    const checker: Checker = {
      async check(step, input) {
        const line = board.step(sectionId, step.id, step.title);
        mark(line, 'running');
        changed();
        try {
          const out = await call(step.does, input, { ...step, summary: labelOf(step, input) });
          mark(line, 'done', step.receipt(out));
        } catch (error) {
          const failure = readFailure(error);
          if (failure === null) throw error;
          const reason = withRemedy(failure);
          reasons.set(step.id, reason);
          mark(line, 'failed', reason);
        }
        changed();
      },
      prove({ id, title, judge }) {
        const line = board.step(sectionId, id, title);
        mark(line, 'running');
        const verdict = judge(facts());
        if (verdict.kind === 'pass') mark(line, 'done', verdict.note);
        else {
          reasons.set(id, verdict.reason);
          mark(line, 'failed', verdict.reason);
        }
        changed();
        return Promise.resolve();
      },
    };
    await together(lines.map((line) => () => line.perform(checker)));
    return lines.flatMap(({ id, title }) => {
      const reason = reasons.get(id);
      return reason === undefined ? [] : [{ id, title, reason, waived: null }];
    });
  }

  /** Marks what was waived while it was asked about, and tells what still stands. */
  private unwaived(sectionId: string, lines: readonly ChecklistLine[], failed: readonly FailedLine[]): readonly ChecklistLine[] {
    const { state, board, changed } = this.around;
    const still = lines.filter(({ id, title }) => {
      if (!failed.some((line) => line.id === id)) return false;
      const waiver = state.waived.find((candidate) => candidate.item === id && !isOver(candidate));
      if (waiver) mark(board.step(sectionId, id, title), 'skipped', waiverWords(waiver));
      return !waiver;
    });
    changed();
    return still;
  }

  private settle({ id, state, by, note, until }: OpenAttestation, line: BoardLine): void {
    const words = `${by ?? 'nobody'}${note ? `: ${note}` : ''}`;
    if (state === 'attested') mark(line, 'done', words);
    if (state === 'waived') {
      if (by === null) keep(this.around.state, { item: id, by: 'the spec', comment: note, until });
      mark(line, 'skipped', by === null ? `waived by the spec: ${note}` : `waived by ${words}`);
    }
    if (state === 'expired') {
      mark(line, 'failed', note);
      throw stop({ kind: 'expired', by: null, reason: `${id}, ${line.title}: ${note}.` });
    }
    this.around.changed();
  }

  /** Each round of questions is told by itself. */
  private noticeKind(sectionId: string): string {
    const round = (this.rounds.get(sectionId) ?? 0) + 1;
    this.rounds.set(sectionId, round);
    return round === 1 ? `attest-${sectionId}` : `attest-${sectionId}-${round}`;
  }
}
