import { CancellationScope, condition } from '@temporalio/workflow';
import type { DeskState, OpenAlarm } from './desk-state';
import { contactIsCalled, sinksFor, wasAcknowledged, type Announcement } from './runbook/announcing';
import { contactLevels, type ContactLevel, type ContactSpec, type Spec } from './runbook/spec';

/** Ends an alarm: what it was about is decided, or over. */
export type Over = () => void;
export type Alarm = Pick<OpenAlarm, 'id' | 'title' | 'reason'>;

interface Level {
  readonly level: ContactLevel | null;
  readonly contact: ContactSpec | null;
  readonly after: number;
  /** Names of the sinks that reach them; never none. */
  readonly sinks: readonly string[];
}

const minute = 60_000;
/** Without contacts everybody is told, and told again, while putting back is stuck. */
const nameless = [0, 4, 14].map((after) => ({ level: null, contact: null, after: after * minute }));

/** Calls the contacts one after another, until what it is about is over, or somebody acknowledges (runbook, emergency contacts). */
export class Escalation {
  private readonly levels: readonly Level[];
  private readonly nameless: readonly Level[];
  private calls = 0;
  /** What stopped the deployment: raised before putting back began. */
  private before: readonly OpenAlarm[] = [];

  constructor(
    private readonly alarms: DeskState['alarms'],
    spec: Pick<Spec, 'contacts' | 'announcements' | 'service' | 'sinks'>,
    private readonly tell: (announcement: Announcement, sinks: readonly string[]) => void,
    private readonly changed: () => void,
  ) {
    const usual = sinksFor(spec, 'escalation');
    const isReached = ({ sinks }: Level) => sinks.length > 0;
    this.levels = contactLevels
      .flatMap((level): readonly Level[] => {
        const contact = spec.contacts?.[level];
        return contact ? [{ level, contact, after: contact.after, sinks: contact.sinks ?? usual }] : [];
      })
      .filter(isReached);
    this.nameless = nameless.map((level) => ({ ...level, sinks: usual })).filter(isReached);
  }

  /** @param isAlwaysTold also where the spec names no contacts. */
  raise({ id, title, reason }: Alarm, isAlwaysTold = false): Over {
    const levels = this.levels.length > 0 ? this.levels : isAlwaysTold ? this.nameless : [];
    if (levels.length === 0) return () => undefined;
    const alarm: OpenAlarm = { id, title, reason, since: Date.now(), called: [], next: null, acknowledged: null, isOver: false };
    this.alarms.push(alarm);
    // Also where the deployment is being stopped: that is when people are needed.
    void CancellationScope.nonCancellable(() => this.follow(alarm, levels));
    return () => {
      alarm.isOver = true;
      const place = this.alarms.indexOf(alarm);
      if (place >= 0) this.alarms.splice(place, 1);
    };
  }

  /** Somebody is at it, or is still to be called, or people were called for the putting back itself: nobody else is called for what is open in it. */
  isHeard(): boolean {
    return this.alarms.some((alarm) => !this.before.includes(alarm) || alarm.acknowledged !== null || alarm.next !== null);
  }

  /** Putting back takes longer than it should: who is called next for what stopped the deployment hears it; where nobody is left, all are called anew. */
  async whileStuck(finished: () => boolean, open: () => readonly string[]): Promise<void> {
    this.before = [...this.alarms];
    if (await condition(finished, minute, { summary: 'escalation after 1 min of putting back' })) return;
    const reason = `takes more than 1 min. Open: ${open().join('; ')}`;
    for (const alarm of this.alarms) alarm.reason = `${alarm.reason}; putting everything back ${reason}`;
    if (this.isHeard()) await condition(() => finished() || this.alarms.length === 0);
    if (finished()) return;
    const over = this.raise({ id: 'rollback', title: 'putting everything back', reason }, true);
    await condition(finished);
    over();
  }

  /** Nothing of what people were called for is open any more. */
  endAll(): void {
    for (const alarm of this.alarms.splice(0)) alarm.isOver = true;
  }

  private async follow(alarm: OpenAlarm, levels: readonly Level[]): Promise<void> {
    const isQuiet = () => alarm.isOver || alarm.acknowledged !== null;
    const reached = new Set<string>();
    for (const { level, contact, after, sinks } of levels) {
      const at = alarm.since + after;
      const name = contact?.name ?? 'everybody';
      alarm.next = { level, name, at };
      const wait = at - Date.now();
      if (wait > 0) await condition(isQuiet, wait, { summary: `${name} is called for ${alarm.title}, unless somebody acknowledges` });
      if (isQuiet()) break;
      alarm.called.push({ level, name, at: Date.now() });
      for (const sink of sinks) reached.add(sink);
      this.tell(contactIsCalled(level, contact, alarm, ++this.calls), sinks);
    }
    alarm.next = null;
    this.changed();
    await condition(isQuiet);
    if (alarm.acknowledged !== null && reached.size > 0) this.tell(wasAcknowledged(alarm, alarm.acknowledged.by, this.calls), [...reached]);
  }
}
