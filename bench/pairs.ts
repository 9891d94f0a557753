/** Values of baseline and subject, taken in turn: the same place is a pair of neighbours in time. */
export interface Pairs {
  readonly baseline: readonly number[];
  readonly subject: readonly number[];
}
export type Measure = () => Promise<number>;

/** Takes pairs in the order A B B A A B …, so that a drift of the machine meets both alike; the warm-ups are dropped. */
export async function takePairs(count: number, warmUps: number, baseline: Measure, subject: Measure): Promise<Pairs> {
  const taken: { baseline: number; subject: number }[] = [];
  for (let turn = 0; turn < count + warmUps; turn++) taken.push(await takePair(turn % 2 === 0, baseline, subject));
  const kept = taken.slice(warmUps);
  return { baseline: kept.map((pair) => pair.baseline), subject: kept.map((pair) => pair.subject) };
}

async function takePair(baselineFirst: boolean, baseline: Measure, subject: Measure): Promise<{ baseline: number; subject: number }> {
  if (baselineFirst) {
    const first = await baseline();
    return { baseline: first, subject: await subject() };
  }
  const first = await subject();
  return { subject: first, baseline: await baseline() };
}
