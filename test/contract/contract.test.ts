import { contractSuite } from './suite';

contractSuite('stand-in');
