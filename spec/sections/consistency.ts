import { list, section } from '../scalars';
import { requestKeys } from './request';
import { tokenName } from './token';

export const consistency = section({
  requests: list(section(requestKeys), 'requests', { least: 1 }).describe(
    'Requests whose answers must have the same structure in staging and production.',
  ),
  productionToken: tokenName().exactOptional().describe("Name below tokens for production, where it is not the request's own."),
});
