import { contractSuite } from './suite';

contractSuite('real');
