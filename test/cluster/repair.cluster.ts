import { repairSuite } from '../acceptance/repair';
import { testCluster } from './test-cluster';

repairSuite(testCluster);
