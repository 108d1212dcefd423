import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../../../infra/local/cli/arguments.ts';

describe('the command line of npm start', () => {
  it('has a default for everything', () => {
    expect(parseArguments([])).toMatchObject({
      outcome: 'start',
      options: {
        port: 8787,
        dataDir: resolve('.ringback'),
        engine: 'auto',
        clock: 'daytime',
        quiet: false,
        json: false,
      },
    });
  });

  it('reads every flag', () => {
    const flags =
      '--port 0 --data /d --webex-api https://w.example/x --webex-token http://127.0.0.1:9/t --engine dynamodb-local --clock real --quiet --json';

    expect(parseArguments(flags.split(' '))).toMatchObject({
      outcome: 'start',
      options: {
        port: 0,
        dataDir: '/d',
        engine: 'dynamodb-local',
        clock: 'real',
        quiet: true,
        json: true,
        webexApi: new URL('https://w.example/x'),
        webexToken: new URL('http://127.0.0.1:9/t'),
      },
    });
  });

  it.each([
    ['--prot 1', "Unknown option '--prot'"],
    ['start', "Unexpected argument 'start'"],
    ['--port', "Option '--port <value>' argument missing"],
    [
      '--port eighty',
      '--port must be a number from 0 to 65533, because the next two ports are used as well, but is "eighty".',
    ],
    ['--port 65534', '--port must be a number from 0 to 65533'],
    ['--port=-1', '--port must be a number from 0 to 65533'],
    [
      '--webex-api webex',
      '--webex-api must be an http or https URL such as https://api.wxcc-us1.cisco.com, but is "webex".',
    ],
    ['--webex-token ftp://x', '--webex-token must be an http or https URL'],
    ['--clock noon', '--clock must be real, daytime or an instant such as 2026-11-23T12:00:00-08:00; got noon.'],
    ['--engine mysql', '--engine must be one of auto, dynoxide, dynamodb-local, but is "mysql".'],
  ])('refuses %s in one sentence', (flags, problem) => {
    const parsed = parseArguments(flags.split(' '));

    expect(parsed).toMatchObject({ outcome: 'refused', problem: expect.stringContaining(problem) });
    expect(parsed).toMatchObject({ problem: expect.not.stringContaining('\n') });
  });

  it('shows help when asked', () => {
    expect(parseArguments(['--help', '--port', 'x'])).toEqual({ outcome: 'help' });
  });
});
