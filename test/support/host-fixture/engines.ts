import { spawnSync } from 'node:child_process';

/** Amazon's DynamoDB Local needs Java 17; without it the tests run on the other engine alone. */
const hasJava = (): boolean => {
  const { status, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 && Number(/version "(\d+)/.exec(stderr)?.[1]) >= 17;
};

/** The database engines that this machine can run. */
export const engines: readonly ('dynoxide' | 'dynamodb-local')[] = hasJava()
  ? ['dynoxide', 'dynamodb-local']
  : ['dynoxide'];
