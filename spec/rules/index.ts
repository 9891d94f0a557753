import { backupIsOneKind, databasePlaceholders, downNamesSteps, reversibleHasDown, riskyMigrationsHaveAGate } from './database';
import { ciChecksAreLines, missingLinesAreOff, missingPeopleAreOff } from './checklist';
import {
  followUpIdsAreUnique,
  followUpsAskWhatIsAsked,
  followUpsRollBackWhatIsThere,
  followUpsFollow,
  looksAreFew,
  looksFit,
} from './follow-ups';
import { monitoredIdsAreGrouped, monitoredSignalsAreKnown } from './monitoring';
import { namesAreUnique, percentageIsNoFlag, tokensExist } from './names';
import { attestationsExist, attestationsHaveOwners, gateCanBePassed, gateRolesExist } from './people';
import {
  countersAreOfOneColour,
  metricsHaveOneColourLabel,
  partsAreOfTheirWhole,
  valuesAreOfPartAndWhole,
  placeholdersAreKnown,
  placeholdersOfChecklist,
} from './placeholders';
import { contactsAreCalledInOrder, contactsAreReached, noticeSinksExist, passwordsAreNotSentInTheClear, slackIsWhole } from './notices';
import { coloursAreSpelled, coloursShareNothing, stagingIsApart, trafficNamesItsObjects, twoColours } from './production';
import { initialIsLowest, rungsRise, watchesAreSampled } from './ramp';
import { databaseNeedsTwo, partialIsPart, rollbackGatesCanBePassed, safeFlagsAreFlags } from './rollback';
import type { Rule } from './rule';
import { criteriaAreAsked, criteriaAreProved, criteriaNameSignals } from './success';
import { missingSectionsAreOff, offNamesSteps } from './steps';
import {
  estimatesRise,
  freezesEnd,
  profilesAreNotStandard,
  profileWaitsAreSampled,
  windowsHaveLength,
  windowsHoldTheRamp,
  windowsOpen,
} from './windows';

/** Every rule between keys, in the order in which a reader would meet the keys. */
export const rules: readonly Rule[] = [
  placeholdersAreKnown,
  placeholdersOfChecklist,
  twoColours,
  coloursShareNothing,
  coloursAreSpelled,
  stagingIsApart,
  trafficNamesItsObjects,
  ...tokensExist,
  ...namesAreUnique,
  databasePlaceholders,
  backupIsOneKind,
  reversibleHasDown,
  downNamesSteps,
  percentageIsNoFlag,
  initialIsLowest,
  rungsRise,
  watchesAreSampled,
  countersAreOfOneColour,
  partsAreOfTheirWhole,
  valuesAreOfPartAndWhole,
  metricsHaveOneColourLabel,
  gateRolesExist,
  gateCanBePassed,
  attestationsExist,
  attestationsHaveOwners,
  freezesEnd,
  windowsHaveLength,
  windowsOpen,
  windowsHoldTheRamp,
  estimatesRise,
  profilesAreNotStandard,
  profileWaitsAreSampled,
  riskyMigrationsHaveAGate,
  noticeSinksExist,
  contactsAreCalledInOrder,
  contactsAreReached,
  slackIsWhole,
  passwordsAreNotSentInTheClear,
  safeFlagsAreFlags,
  partialIsPart,
  databaseNeedsTwo,
  rollbackGatesCanBePassed,
  monitoredIdsAreGrouped,
  monitoredSignalsAreKnown,
  criteriaAreProved,
  criteriaAreAsked,
  criteriaNameSignals,
  followUpsFollow,
  followUpIdsAreUnique,
  followUpsAskWhatIsAsked,
  followUpsRollBackWhatIsThere,
  looksAreFew,
  looksFit,
  offNamesSteps,
  missingSectionsAreOff,
  ciChecksAreLines,
  missingLinesAreOff,
  missingPeopleAreOff,
];
export type { Rule } from './rule';
