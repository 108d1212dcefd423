import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { RequestCallbackSchema } from '../../events/request-callback/schema.ts';
import type { Slots } from '../../events/slots/schema.ts';
import { page } from '../../src/adapters/lambda/page.ts';
import { seeOther } from '../../src/adapters/lambda/see-other.ts';
import { bodyText, parseWith } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError, problemStatus } from '../../src/adapters/lambda/problem.ts';
import { checkRequest } from '../../src/calls/request-call.ts';
import {
  type FieldErrors,
  type FormValues,
  describeProblem,
  fieldErrorsOf,
  findErrors,
  toBody,
} from '../../src/form/answers.ts';
import { listLines } from '../../src/form/list-lines.ts';
import { isConfirmed, signConfirmation } from '../../src/form/pages/confirmation.ts';
import { type PostedForm, readPostedForm } from '../../src/form/pages/form-post.ts';
import { type PageLanguage, choosePageLanguage } from '../../src/form/pages/page-language.ts';
import { renderConfirmation } from '../../src/form/pages/render-confirmation.ts';
import { renderForm } from '../../src/form/pages/render-form.ts';
import { renderRepeat } from '../../src/form/pages/render-status.ts';
import { renderTurnedOff } from '../../src/form/pages/render-turned-off.ts';
import { parsePhone, readableNumber } from '../../src/phone/parse-phone.ts';
import type { Arrival } from '../../src/screen/types.ts';
import { randomToken } from '../../src/shared/digest.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { linesWithSlots } from '../../src/slots/lines-with-slots.ts';
import { timesForPerson } from '../../src/slots/times-for-person.ts';
import type { RequestCallHandlerDeps } from './deps.ts';
import { passed, screeningOf } from './screening.ts';
import { takeCall } from './take-call.ts';
import { toCommand } from './to-command.ts';
import { toProblem } from './to-problem.ts';

type Answer = Promise<APIGatewayProxyStructuredResultV2>;

/** One posted form on its way. */
interface Posted {
  readonly event: APIGatewayProxyEventV2;
  readonly arrival: Arrival;
  readonly form: PostedForm;
  readonly language: PageLanguage;
}

/**
 * Takes the plain form of a page without JavaScript in two steps: shows what will happen, and on the person's word goes on to the
 * status page; or back to the form with what was typed.
 * @throws {ProblemError} `body-too-large`: no form of ours is that long
 */
export async function answerForm(
  deps: RequestCallHandlerDeps,
  event: APIGatewayProxyEventV2,
  arrival: Arrival,
): Answer {
  const form = withKey(readPostedForm(bodyText(event)));
  const language = choosePageLanguage(form.lang, event.headers['accept-language']);
  const { settings } = deps;
  if (!settings.screen.plainForm)
    return page(404, renderTurnedOff(settings.organization.name, settings.site.origins[0], language));
  const posted = { event, arrival, form, language };
  if (form.isChanging) return formAgain(deps, posted, { status: 200, errors: new Map() });
  const found = findErrors(form.values, listLines(settings), language.strings, language.tag);
  // Who wants a time has not been shown any yet: that is the next step and no mistake.
  const errors = form.offeredTimes ? found : new Map([...found].filter(([field]) => field !== 'when'));
  if (errors.size > 0) return formAgain(deps, posted, { status: 422, errors });
  if (found.size > 0) return formAgain(deps, posted, { status: 200, errors });
  try {
    return await screened(deps, posted);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    deps.logger.info(logCodes.requestRefused, { problem: error.code, route: event.routeKey });
    const { code, retryAfterSeconds } = error;
    const status = problemStatus(code);
    const found = fieldErrorsOf({ code, ...(error.errors && { errors: error.errors }) }, language.strings);
    const problem = found.size === 0 ? describeProblem({ code, status }, language.strings) : undefined;
    return formAgain(deps, posted, { status, errors: found, problem, retryAfterSeconds });
  }
}

/** A key of our own where the page brought none: a confirmation is good for one call because of it. */
const withKey = (form: PostedForm): PostedForm =>
  form.key.length >= 8 && form.key.length <= 200 ? form : { ...form, key: randomToken() };

async function screened(deps: RequestCallHandlerDeps, posted: Posted): Answer {
  const { screen, clock } = deps;
  const { honeypot, shownAtMs } = posted.form;
  const nowMs = clock.nowMs();
  passed(screen.form({ honeypot, filledMs: shownAtMs === undefined ? undefined : nowMs - shownAtMs }));
  const secret = await deps.secret().catch((cause: unknown): never => {
    throw new ProblemError('screen-unavailable', { cause, retryAfterSeconds: 60 });
  });
  return isConfirmed(secret, posted.form, nowMs) ? take(deps, posted) : confirm(deps, posted, secret);
}

function confirm(deps: RequestCallHandlerDeps, posted: Posted, secret: string): APIGatewayProxyStructuredResultV2 {
  const { form, language, arrival } = posted;
  const nowMs = deps.clock.nowMs();
  const screening = screeningOf(deps.screen, { arrival, form: 'plain' });
  const checked = checkRequest(deps.settings, commandOf(posted), nowMs, screening);
  if (!checked.ok) throw toProblem(checked.failure);
  const confirmation = signConfirmation(secret, form, nowMs);
  const number = readableNumber(checked.value.phone.number);
  return page(
    200,
    renderConfirmation({ lines: listLines(deps.settings), language, posted: form, number, confirmation }),
  );
}

async function take(deps: RequestCallHandlerDeps, posted: Posted): Answer {
  const { arrival, language } = posted;
  const screening = screeningOf(deps.screen, { arrival, form: 'plain' });
  const { call, manageToken } = await takeCall(deps, commandOf(posted), screening);
  if (!manageToken) return page(202, renderRepeat(deps.settings.organization.name, language));
  return seeOther(`/callback/${call.id}?token=${manageToken}&lang=${language.tag}`);
}

function commandOf({ event, arrival, form: { values, consent, key } }: Posted): ReturnType<typeof toCommand> {
  const body = parseWith(RequestCallbackSchema, toBody(values, consent, undefined));
  const headers = { ...event.headers, 'idempotency-key': key };
  const command = toCommand({ ...event, headers }, body, arrival.address);
  // The page has no zone from the browser. That of the times was chosen for it, so it is no evidence of where the person is.
  const { timeZone, ...customer } = command.customer;
  return { ...command, customer, whenTimeZone: timeZone };
}

interface Again {
  readonly status: number;
  readonly errors: FieldErrors;
  /** What went wrong with the request as a whole. */
  readonly problem?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

async function formAgain(
  deps: RequestCallHandlerDeps,
  { form: { values, shownAtMs }, language }: Posted,
  { status, errors, problem, retryAfterSeconds }: Again,
): Answer {
  // A wording that has changed is agreed to anew.
  const shown = errors.has('consent') ? { ...values, consented: false } : values;
  const lines = listLines(deps.settings);
  const slots = values.when === 'now' ? undefined : await freeTimes(deps, values);
  const answer = page(
    status,
    renderForm({ lines, language, values: shown, errors, problem, slots, key: randomToken(), shownAtMs }),
  );
  if (retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

/** A line without slots has no times either; the page says so. */
async function freeTimes(
  { settings, counts, decide, clock }: RequestCallHandlerDeps,
  values: FormValues,
): Promise<Slots> {
  const phone = parsePhone(values.phone, values.country);
  const number = phone.ok ? phone.value.number : undefined;
  const deps = { lines: linesWithSlots(settings.lines), counts, decide, clock };
  return (await timesForPerson(deps, { line: values.line, number })) ?? { timeZone: 'UTC', slots: [] };
}
