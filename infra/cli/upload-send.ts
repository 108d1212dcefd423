import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { UploadProgress } from '../../events/campaign-upload/schema.ts';
import { type UploadApi, UploadApiError } from './upload-api.ts';
import { bar, count } from './upload-words.ts';

export interface SendOptions {
  readonly campaign: string;
  /** Absent where an upload is resumed. */
  readonly path?: string | undefined;
  readonly resume?: string | undefined;
  readonly name?: string | undefined;
  /** Takes guessed columns without asking. */
  readonly yes: boolean;
  readonly report: string;
  readonly json: boolean;
}

export interface SendDeps {
  readonly api: UploadApi;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Draws over the line drawn before; absent where nobody watches. */
  readonly draw?: (line: string) => void;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
}

const lookEveryMs = 1_000;
const stoppedCode = 130;

/**
 * Has a running stack plan and send a file, and follows it to its end.
 * @returns the exit code: 0 all that was accepted is sent, 1 not so, 130 stopped and to be resumed
 */
export async function sendFile(options: SendOptions, deps: SendDeps): Promise<number> {
  let again: string | undefined;
  try {
    const id = options.resume ?? (await handIn(options, deps));
    again = `npm run upload -- --resume ${id} --campaign ${options.campaign}`;
    const seen = await follow(id, options, deps);
    if (seen === 'stopped') return await pause(id, again, deps);
    return await tellEnd(seen, again, options, deps);
  } catch (error) {
    if (!(error instanceof UploadApiError)) throw error;
    if (options.json) deps.print(JSON.stringify({ refused: error.message }));
    deps.complain(again === undefined ? error.message : `${error.message} Go on with: ${again}`);
    return 1;
  }
}

async function handIn({ path = '', name }: SendOptions, { api, draw, print, stop }: SendDeps): Promise<string> {
  const { size } = await stat(path);
  const { id, link } = await api.start(name ?? basename(path));
  print(`Upload ${id}`);
  try {
    await api.put(path, link, (sent) => draw?.(bar(sent, size, 'handed in')), stop);
  } catch (error) {
    if (stop.aborted)
      throw new UploadApiError('Stopped before the file was handed in: start it anew.', { cause: error });
    throw error;
  }
  return id;
}

async function follow(id: string, options: SendOptions, deps: SendDeps): Promise<UploadProgress | 'stopped'> {
  const { api, stop, sleep, draw } = deps;
  let isResumed = false;
  for (;;) {
    const seen = await api.progress(id);
    draw?.(lineOf(seen));
    if (options.resume !== undefined && !isResumed && seen.status === 'paused') {
      isResumed = true;
      await api.change(id, 'resume');
    } else if (seen.status === 'unconfirmed' && options.yes) await api.change(id, 'confirm');
    else if (!['planning', 'waiting-for-file', 'ready', 'pushing'].includes(seen.status)) return seen;
    // A file that was not handed in is nothing to wait for.
    else if (seen.status === 'waiting-for-file' && options.resume !== undefined) return seen;
    if (stop.aborted) return 'stopped';
    await sleep(lookEveryMs);
  }
}

/** A plan is waited for: it is there in seconds, and only then can it be kept from being sent. */
async function pause(id: string, again: string, { api, print, sleep }: SendDeps): Promise<number> {
  for (let seen = await api.progress(id); seen.status === 'planning'; seen = await api.progress(id)) {
    await sleep(lookEveryMs);
  }
  const { status } = await api.progress(id);
  if (status === 'ready' || status === 'pushing') {
    await api.change(id, 'pause');
    print(`Paused. Go on with: ${again}`);
  } else print(`The upload is ${status}. See: ${again}`);
  return stoppedCode;
}

async function tellEnd(seen: UploadProgress, again: string, options: SendOptions, deps: SendDeps): Promise<number> {
  const hasReport = seen.rows !== undefined;
  if (hasReport) await keepReport(seen.id, options.report, deps);
  if (options.json) deps.print(JSON.stringify({ ...seen, ...(hasReport && { report: options.report }) }));
  else for (const line of wordsOf(seen, again, options.report)) deps.print(line);
  const { sent = 0, uncertain = 0, refused = 0 } = seen;
  return seen.status === 'finished' && sent > 0 && uncertain === 0 && refused === 0 ? 0 : 1;
}

async function keepReport(id: string, path: string, { api }: SendDeps): Promise<void> {
  await pipeline(Readable.fromWeb((await api.report(id)) as WebStream), createWriteStream(path));
}

function lineOf({ status, percent = 0, sent = 0, accepted, rows = 0, contactsPerMinute, secondsLeft }: UploadProgress) {
  if (status === 'planning') return bar(percent, 100, `${count(rows)} rows read`);
  if (accepted === undefined) return bar(0, 100, status);
  const pace = contactsPerMinute === undefined ? '' : `, ${count(contactsPerMinute)} a minute`;
  const left = secondsLeft === undefined ? '' : `, ${timeOf(secondsLeft)} left`;
  return bar(percent, 100, `${count(sent)} of ${count(accepted)} sent${pace}${left}`);
}

const timeOf = (seconds: number): string =>
  seconds < 90
    ? `${seconds} s`
    : seconds < 5_400
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3_600)} h`;

function wordsOf(seen: UploadProgress, again: string, report: string): string[] {
  const { status, because, rows, accepted = 0, rejected = {}, mapping, list } = seen;
  const counts = (['sent', 'uncertain', 'refused', 'leftOut'] as const).filter((name) => (seen[name] ?? 0) > 0);
  return [
    `The upload is ${status}${because === undefined ? '.' : `: ${because}`}`,
    ...(rows === undefined ? [] : [`${count(rows)} rows, ${count(accepted)} accepted`]),
    ...Object.entries(rejected).map(([code, some]) => `  ${count(some).padStart(11)}  ${code}`),
    ...counts.map((name) => `${count(seen[name] ?? 0)} ${name === 'leftOut' ? 'left out at sending' : name}`),
    ...(list
      ? [`Webex's list ${list.id}${list.count === undefined ? '' : `, which counts ${count(list.count)}`}`]
      : []),
    ...(mapping ? [`The columns are guessed: ${JSON.stringify(mapping)}`, `Confirm them with: ${again} --yes`] : []),
    ...(rows === undefined ? [] : [`Rows that were not sent, with their reasons: ${report}`]),
  ];
}
