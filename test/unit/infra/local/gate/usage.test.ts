import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../../../infra/local/gate/evaluate.ts';
import { mergeUsage, readUsage, UsageRecorder } from '../../../../../infra/local/gate/usage.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usage-'));
  file = join(directory, 'usage.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const policy = compilePolicy([{ Effect: 'Allow', Action: ['a:Get', 'a:Put'], Resource: 'r' }], 'f');
const get = { statement: '#0', action: 'a:Get', resource: 'r' };
const put = { statement: '#0', action: 'a:Put', resource: 'r' };

describe('UsageRecorder', () => {
  it('lists every grant, used or not, and every denial with its count', () => {
    const recorder = new UsageRecorder();
    recorder.register('f', policy);

    recorder.recordGrants('f', [get]);
    recorder.recordGrants('f', [get]);
    recorder.recordDenial('f', 'a:Delete', 'r');
    recorder.recordDenial('f', 'a:Delete', 'r');

    expect(recorder.usage()).toEqual({
      f: {
        denied: [{ action: 'a:Delete', resource: 'r', count: 2 }],
        granted: [
          { ...get, used: 2 },
          { ...put, used: 0 },
        ],
      },
    });
  });

  it('goes on where the last run stopped', () => {
    const first = new UsageRecorder({ file });
    first.register('f', policy);
    first.recordGrants('f', [get]);
    first.flush();

    const second = new UsageRecorder({ file });
    second.register('f', policy);
    second.recordGrants('f', [get, put]);
    second.flush();

    expect(readUsage(file)['f']?.granted).toEqual([
      { ...get, used: 2 },
      { ...put, used: 1 },
    ]);
    expect(readdirSync(directory)).toEqual(['usage.json']);
  });

  it('writes by itself soon after a change', async () => {
    const recorder = new UsageRecorder({ file, flushDelayMs: 5 });
    recorder.register('f', policy);

    await expect.poll(() => readUsage(file)['f']?.granted.length).toBe(2);
  });

  it('forgets grants that the policy does not have any more', () => {
    const first = new UsageRecorder({ file });
    first.register('f', policy);
    first.flush();

    const second = new UsageRecorder({ file });
    second.register('f', compilePolicy([{ Effect: 'Allow', Action: 'a:Get', Resource: 'r' }], 'f'));

    expect(second.usage()['f']?.granted).toEqual([{ ...get, used: 0 }]);
  });

  it('keeps a bounded number of denials', () => {
    const recorder = new UsageRecorder();

    for (let index = 0; index < 1500; index += 1) {
      recorder.recordDenial('f', 'a:Get', `r${index}`);
    }

    expect(recorder.usage()['f']?.denied).toHaveLength(1000);
  });
});

describe('readUsage', () => {
  it('answers no usage for a file that is not there', () => {
    const usage = readUsage(file);

    expect(usage).toEqual({});
  });

  it.each(['{', '{"f": 1}'])('names the file when it is broken: %s', (text) => {
    writeFileSync(file, text);

    expect(() => readUsage(file)).toThrow(file);
  });
});

describe('mergeUsage', () => {
  it('adds up counts of several runs', () => {
    const one = { f: { denied: [{ action: 'a', resource: 'r', count: 1 }], granted: [{ ...get, used: 0 }] } };
    const two = {
      f: { denied: [{ action: 'a', resource: 'r', count: 2 }], granted: [{ ...get, used: 3 }] },
      g: { denied: [], granted: [] },
    };

    const merged = mergeUsage(one, two);

    expect(merged).toEqual({
      f: { denied: [{ action: 'a', resource: 'r', count: 3 }], granted: [{ ...get, used: 3 }] },
      g: { denied: [], granted: [] },
    });
  });
});
