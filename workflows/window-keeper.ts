import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Board } from './board';
import type { Desk } from './desk';
import { stop } from './endings';
import type { Observer } from './runner';
import { scheduled, windowIsOverrun } from './runbook/announcing';
import type { WindowsSpec } from './runbook/spec';
import type { Section } from './runbook/step';
import type { WindowView } from './runbook/view';
import { needed, openingInWords, standingAt, type Opening, type WindowNeeds } from './runbook/windows';
import { moment, timeOfDay } from './runbook/words';
import type { Saga } from './saga';

/** Waits for deployment windows, and tells when one is overrun. Workflow time alone decides; nothing here ever stops what has begun. */
export class WindowKeeper {
  /** Set once production may begin. */
  private windows: WindowsSpec | null = null;
  private opening: Opening | null = null;
  /** As everybody sees it. */
  private shown: Omit<WindowView, 'endsAt'> | null = null;
  /** A section runs that must lie in the window. */
  private inside = false;
  /** Runs until the window closes, while that matters. */
  private clock: CancellationScope | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly saga: Saga,
    private readonly board: Board,
    private readonly observer: Observer,
  ) {}

  /** The opening in which everything that must lie in a window would, were it begun now; null where the deployment waits for none. */
  foreseen(): Opening | null {
    const { request } = this.desk.state;
    const { windows, off } = request.spec;
    if (!windows || Object.hasOwn(off, 'window')) return null;
    const standing = standingAt(Date.now(), windows, this.board.needs(request));
    return standing.kind === 'never' ? null : standing.opening;
  }

  /** Waits until everything that must lie in a window fits into one; `tell` is told what is waited for. */
  async open(windows: WindowsSpec, tell: (words: string) => void): Promise<{ readonly hasWaited: boolean; readonly note: string }> {
    this.windows = windows;
    const hasWaited = await this.until(this.board.needs(this.desk.state.request), tell);
    return { hasWaited, note: this.opening ? openingInWords(this.opening) : '' };
  }

  /**
   * Before the first production write: what has taken long meanwhile, a question or a pause, may have used the window up. The buffer is
   * for that, and is not asked for again. Does nothing while it still fits.
   */
  async mayStillBegin(): Promise<void> {
    if (!this.windows || !this.inside || this.saga.touchedProduction) return;
    const { rollback } = this.board.needs(this.desk.state.request);
    const needs = { run: this.board.remaining(Date.now(), 'in window'), buffer: 0, rollback };
    await this.until(needs, () => this.observer.changed());
  }

  /** A section begins: of those that must lie in the window, or the first one after them. */
  enter(section: Pick<Section, 'inWindow'>): void {
    const inWindow = section.inWindow === true;
    if (!this.opening || inWindow === this.inside) return;
    if (!inWindow) return this.leave();
    this.inside = true;
    this.minds();
  }

  /** Nothing must lie in the window any more: it is done, or people are asked anew. */
  leave(): void {
    if (!this.opening) return;
    this.inside = false;
    this.opening = null;
    this.observer.window(null);
    this.minds();
  }

  private async until(needs: WindowNeeds, tell: (words: string) => void): Promise<boolean> {
    const { windows } = this;
    if (!windows) return false;
    for (let hasWaited = false; ; hasWaited = true) {
      await this.desk.checkpoint();
      const now = Date.now();
      const standing = standingAt(now, windows, needs);
      if (standing.kind === 'never') throw stop({ kind: 'failed', by: null, reason: `Production cannot begin: ${standing.why}.` });
      const { opening } = standing;
      const window = { ...opening, needs: needed(needs), timeZones: windows.timeZones };
      if (standing.kind === 'fits') {
        this.opening = opening;
        this.shown = { ...window, waiting: false, isOver: false, why: '' };
        this.observer.window(this.shown);
        this.observer.announce(scheduled(opening));
        if (this.inside && hasWaited) this.minds();
        return hasWaited;
      }
      const words = `waiting for its window: ${openingInWords(opening)}`;
      this.observer.window({ ...window, waiting: true, isOver: false, why: standing.why });
      this.observer.announce(scheduled(opening, { isOld: true }));
      tell(`${words}; ${standing.why}`);
      await sleep(opening.opens - now, { summary: words });
    }
  }

  /** Minds the clock: one notice where the window closes before everything that must lie in it is done. */
  private minds(): void {
    this.clock?.cancel();
    const { opening } = this;
    if (!opening || !this.inside) return;
    const closes = timeOfDay(opening.closes);
    this.clock = new CancellationScope();
    this.clock
      .run(async () => {
        await sleep(opening.closes - Date.now(), { summary: `the window closes at ${closes} UTC` });
        const ends = moment(Date.now() + this.board.remaining(Date.now(), 'in window'));
        this.observer.announce(
          windowIsOverrun(
            `The window ${opening.name} closed at ${closes} UTC and production is not through: about ${ends}. It goes on; a rollback is possible at any time.`,
          ),
        );
        if (this.shown) this.observer.window({ ...this.shown, isOver: true });
        this.observer.changed();
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }
}
