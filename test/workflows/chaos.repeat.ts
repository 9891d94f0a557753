import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { MessageName } from '../../workflows/messages';
import { numbers, oneOf, type Random } from '../support/chance';
import { FakeWorld, type Hook } from './fake-world';
import { Harness, type Deployment } from './harness';
import { testRequest, testSpec } from './test-request';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

/** Activities fail before their effect or after it, for good or for a while; answers are lost. */
function trouble(random: Random, likelihood: number): Hook {
  return (_name, _input, when) => {
    if (random() >= likelihood) return;
    const type = oneOf(random, ['Unavailable', 'Forbidden', 'CheckFailed', 'Conflict', 'NotHealthy']);
    throw ApplicationFailure.create({
      type,
      message: `${type} by chance`,
      nonRetryable: random() < 0.5,
      nextRetryDelay: '50ms',
      // As activities say it: only a first attempt knows that nothing was written.
      details: [when === 'before' && Context.current().info.attempt === 1 ? { wrote: false } : {}],
    });
  };
}

const people = ['ana', 'eva', 'bo', 'cy', 'mallory'];
/** People say anything at any time, to whatever is open; the gate is mostly approved. */
async function say(random: Random, deployment: Deployment): Promise<void> {
  const { gate, attention, undos } = await deployment.status();
  const by = oneOf(random, people);
  const name = oneOf<MessageName>(random, [
    ...(gate ? (['approve', 'approve', 'approve', 'approve', 'reject'] as const) : []),
    ...(attention ? (['retry', 'retry', 'skip'] as const) : []),
    ...(['pause', 'resume', 'resume', 'extend', 'skip', 'retry', 'supersede'] as const),
    ...(random() < 0.15 ? (['abort', 'rollback', 'handover'] as const) : []),
  ]);
  const step = attention?.step ?? `undo:${oneOf(random, [...undos.map(({ subject }) => subject), 'nothing'])}`;
  const message = { by, comment: 'by chance', gate: gate?.id ?? '', digest: gate?.digest ?? '', step, more: 100 };
  await deployment.send(name, message).catch(() => undefined);
}

describe('whatever fails and whatever people say, a deployment ends, and what it changed is put back or listed', () => {
  test.concurrent.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
    'chance %i',
    async (seed) => {
      const random = numbers(seed);
      const spec = testSpec({ attention: { deadline: 800, undoDeadline: 800 } });
      const production = { ...spec.production, traffic: { ...spec.production.traffic, propagation: oneOf(random, [0, 0, 200]) } };
      const world = new FakeWorld(testRequest({ spec: { ...spec, production } }));
      const before = world.snapshot();
      world.hook = trouble(random, oneOf(random, [0, 0.02, 0.05, 0.2]));
      if (random() < 0.4) world.tally = (share) => (share >= oneOf(random, [10, 50, 100]) ? { failure: 'errors' } : {});
      await harness.deploy(world, async (deployment) => {
        let ended = false;
        const result = deployment.result().finally(() => (ended = true));
        while (!ended) {
          await say(random, deployment);
          await new Promise((resolve) => setTimeout(resolve, 20 + random() * 200));
        }
        const report = await result;
        const listed = new Set(report.left.map(({ subject }) => subject));
        const subjects = [...new Set([...Object.keys(before), ...Object.keys(world.state)])];
        const changed = subjects.filter((subject) => JSON.stringify(before[subject]) !== JSON.stringify(world.state[subject]));
        if (report.outcome.startsWith('SUCCEEDED')) {
          expect(world.state[`${production.namespace}/service/${production.service}`]).toEqual({ colour: 'blue' });
        } else {
          expect({ seed, unlisted: changed.filter((subject) => !listed.has(subject)) }).toEqual({ seed, unlisted: [] });
          // Who hands over before anything was changed is told so all the same.
          const isIncomplete = listed.size > 0 || report.reason.startsWith('Handed over');
          expect({ seed, isIncomplete: report.outcome === 'ROLLBACK_INCOMPLETE' }).toEqual({ seed, isIncomplete });
        }
      });
    },
    120_000,
  );
});
