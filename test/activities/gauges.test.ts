import { describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import type { GaugesReceipt } from '../../workflows/runbook/contract';
import type { NamedGauge } from '../../workflows/runbook/monitoring';
import { fakePorts, scrapes } from '../fakes/ports';
import { failing, run } from './run';

const labels = { color: '{colour}' };
const pool: NamedGauge = {
  id: 'deployment.pool',
  title: 'connections in use',
  value: { metric: 'pool_in_use', labels },
  among: { metric: 'pool_size', labels },
  as: 'value',
  combine: 'sum',
  direction: 'below',
  limit: 0.9,
  absence: 'inconclusive',
};
const requests: NamedGauge = {
  id: 'business.requests',
  title: 'requests per second',
  value: { metric: 'requests_total', labels },
  as: 'rate',
  combine: 'sum',
  direction: 'above',
  limit: 5,
  absence: 'fail',
};
const check = (gauges: readonly NamedGauge[], ...texts: readonly (string | Error)[]): Promise<GaugesReceipt> => {
  const { checkGauges } = createActivities(fakePorts({ metrics: scrapes(...texts) }));
  return run(checkGauges, { metricsUrl: 'http://metrics', colour: 'blue', every: 2_000, gauges });
};
const inUse = (blue: number, green = 50) =>
  ['a', 'b'].map((pod) => `pool_in_use{color="blue",pod="${pod}"} ${blue / 2}\npool_size{color="blue",pod="${pod}"} 25`).join('\n') +
  `\npool_in_use{color="green"} ${green}\npool_size{color="green"} 50`;
const counted = (blue: number) => `requests_total{color="blue"} ${blue}\nrequests_total{color="green"} 9000`;

describe('gauges of the monitoring', () => {
  test('are judged as they stand, over all pods of the colour that serves; the other colour does not count', async () => {
    expect(await check([pool], inUse(20))).toEqual({ values: { 'deployment.pool': 0.4 } });
  });

  test('that are rates are judged on two scrapes', async () => {
    expect(await check([requests], counted(100), counted(120))).toEqual({ values: { 'business.requests': 10 } });
  });

  test('beyond their limits fail, all in one sentence', async () => {
    const told = await failing(check([pool, requests], `${inUse(48)}\n${counted(100)}`, `${inUse(48)}\n${counted(102)}`));
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toContain('connections in use 0.96, must stay below 0.9; requests per second 1, must stay above 5');
  });

  test('a value at its limit is not within it', async () => {
    expect((await failing(check([pool], inUse(45)))).message).toContain('connections in use 0.9, must stay below 0.9');
  });

  test('that are absent fail or ask people, as declared: never a pass', async () => {
    expect(await failing(check([requests], inUse(20)))).toMatchObject({
      type: 'CheckFailed',
      message: expect.stringContaining('requests per second: no series of requests_total'),
    });
    expect(await failing(check([pool], counted(1)))).toMatchObject({
      type: 'Inconclusive',
      final: false,
      message: expect.stringContaining('connections in use: no series of pool_in_use'),
    });
  });

  test('say nothing where metrics cannot be read, are no numbers, or are a part of nothing', async () => {
    expect(await failing(check([pool], new Error('metrics answered 503')))).toMatchObject({ type: 'Inconclusive' });
    expect((await failing(check([pool], 'pool_in_use{color="blue"} NaN\npool_size{color="blue"} 5'))).message).toContain('is not a number');
    expect((await failing(check([pool], 'pool_in_use{color="blue"} 0\npool_size{color="blue"} 0'))).message).toContain('pool_size is 0');
  });

  test('survive a moment without metrics', async () => {
    expect(await check([requests], new Error('down'), counted(100), new Error('down'), counted(140))).toEqual({
      values: { 'business.requests': 10 },
    });
  });

  test('of several series may be the highest or the lowest', async () => {
    const lag = (combine: NamedGauge['combine']): NamedGauge => {
      const { among: _, ...one } = pool;
      return { ...one, combine, limit: 100 };
    };
    const text = 'pool_in_use{color="blue",pod="a"} 3\npool_in_use{color="blue",pod="b"} 9';
    expect((await check([lag('highest')], text)).values).toEqual({ 'deployment.pool': 9 });
    expect((await check([lag('lowest')], text)).values).toEqual({ 'deployment.pool': 3 });
  });
});
