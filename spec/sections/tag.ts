import * as grammar from '../grammar';
import { flag, section, text } from '../scalars';

export const tag = section({
  name: text(grammar.gitTagName).describe('Name of the annotated tag; {version} is replaced.'),
  message: text(grammar.tagMessage).prefault('Release {version}').describe('Message of the tag; {version} is replaced.'),
  remote: text(grammar.gitRemote).describe('Git remote that holds the commit and gets the tag: an https, ssh or file URL.'),
  ref: text(grammar.gitRef).prefault('main').describe('Branch or ref whose commit is released, unless start --commit names one.'),
  tagger: section({
    name: text(grammar.taggerName).prefault('analytics-deploy').describe('Name in the tag.'),
    email: text(grammar.email).prefault('analytics-deploy@example.com').describe('Address in the tag.'),
  })
    .prefault({})
    .describe('Fixed tagger: the same tag is the same object from every machine.'),
  push: flag().prefault(true).describe('Whether the tag is made and pushed; false writes nothing to git.'),
});
