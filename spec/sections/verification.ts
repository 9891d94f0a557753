import * as grammar from '../grammar';
import { list, section, text } from '../scalars';
import { request } from './request';

export const verification = section({
  requests: list(request, 'requests').prefault([]).describe('Requests to production that must be answered.'),
  families: list(text(grammar.metricName), 'prefixes of metric names')
    .prefault([])
    .describe('Prefixes of metric families that must be present and moving.'),
  dashboard: text(grammar.httpUrl).exactOptional().describe('Dashboard that must answer.'),
});
