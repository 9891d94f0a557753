import * as grammar from '../grammar';
import { section, text } from '../scalars';
import { tokenName } from './token';

export const image = section({
  repository: text(grammar.imageRepository).describe('Image without tag and digest, as the cluster pulls it.'),
  container: text(grammar.dnsLabel).describe('Container of the Deployments that runs the image.'),
  registry: text(grammar.baseUrl)
    .exactOptional()
    .describe("Base URL of the registry's API, where it is not https:// and the image's host."),
  token: tokenName().exactOptional().describe('Name below tokens for the registry.'),
  digest: text(grammar.imageDigest).exactOptional().describe('Digest of the image; without it the registry is asked once, by the version.'),
});
