import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runUploadCli } from '../../../infra/cli/upload.ts';
import { nowMs } from './support/planning.ts';

const houseCaps = [
  { attempts: 3, hours: 24 },
  { attempts: 7, hours: 168 },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upload-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(file: string | undefined, ...args: string[]) {
  const path = join(folder, 'contacts.csv');
  if (file !== undefined) await writeFile(path, file);
  const printed: string[] = [];
  const complained: string[] = [];
  const drawn: string[] = [];
  const code = await runUploadCli([path, '--registry', join(folder, 'registry'), ...args], {
    settings: {
      countries: ['US'],
      policy: { windowGuardMinutes: 2, caps: houseCaps, trustedSources: [], rules: [], registries: {} },
      uploads: { campaigns: { spring: { basis: { type: 'consent', since: '2026-10-01' } } } },
    },
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
    draw: (line) => void drawn.push(line),
    nowMs: () => nowMs,
    peakMb: () => 100,
  });
  return { code, printed, complained, drawn, path };
}

const file = 'phone,name\n4155550132,Ada\n4155550132,Ada\nnonsense,Eve\n';

describe('npm run upload -- FILE --plan-only', () => {
  it('prints the totals as JSON and writes the report', async () => {
    const { code, printed, path } = await run(file, '--campaign', 'spring', '--plan-only', '--json');

    const report = await readFile(`${path}.rejects.csv`, 'utf8');
    expect(code).toBe(0);
    expect(JSON.parse(printed.join())).toMatchObject({
      rows: 3,
      accepted: 1,
      rejected: { 'duplicate-in-file': 1, 'number-not-understood': 1 },
      seconds: 0,
      peakMb: 100,
      report: `${path}.rejects.csv`,
      guessed: true,
    });
    expect(report.split('\r\n').map((line) => line.split(',').slice(0, 4).join())).toEqual([
      'row,column,value,code',
      "3,phone,'+1415*****32,duplicate-in-file",
      '4,phone,xxxxxxxx,number-not-understood',
      '',
    ]);
  });

  it('tells a person what it found, what it guessed and what it did not ask', async () => {
    const { printed, drawn } = await run(file, '--campaign', 'spring', '--plan-only');

    expect(printed[0]).toBe('3 rows in 0 s: 1 would be sent in 1 requests, 2 rejected.');
    expect(printed.join('\n')).toContain('The columns are guessed (number = "phone", name = "name")');
    expect(printed.join('\n')).toContain('Not asked in a plan alone: internal, uploadedLately, attempts.');
    expect(drawn.at(-1)).toContain('100 %');
  });

  it('says what to do where the registry is needed and not there', async () => {
    const { code, printed } = await run(file, '--campaign', 'autumn', '--plan-only');

    expect(code).toBe(1);
    expect(printed.join('\n')).toContain('Rows need a national registry: import it (npm run registry)');
  });

  it.each([
    ['a,b\n1,2\n', /^Refused\. No column holds phone numbers/],
    [undefined, /^Refused\. .*contacts\.csv is not there/],
  ])('refuses %j with one sentence', async (text, sentence) => {
    const { code, complained } = await run(text, '--campaign', 'spring', '--plan-only');

    expect(code).toBe(1);
    expect(complained).toEqual([expect.stringMatching(sentence)]);
  });

  it.each([[['--plan-only']], [['--campaign', 'spring', '--resume', 'upload-1']], [['--nonsense']]])(
    'shows how it is used for %j',
    async (args) => {
      const { code, complained } = await run(file, ...args);

      expect(code).toBe(2);
      expect(complained.join()).toContain('Usage:');
    },
  );

  it('says where to send to where no stack runs', async () => {
    const { code, complained } = await run(file, '--campaign', 'spring');

    expect(code).toBe(2);
    expect(complained).toEqual([expect.stringMatching(/^No stack runs with the data folder \.ringback/)]);
  });
});
