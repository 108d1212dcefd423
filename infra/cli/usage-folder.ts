import { join } from 'node:path';
import { projectRoot } from '../build/bundle-functions.ts';

/** Where tests leave what the roles of their stacks were used for, one file a stack. */
export const usageFolder = join(projectRoot, '.ringback/usage');
