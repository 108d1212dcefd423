import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { RequestCallbackSchema } from '../../events/request-callback/schema.ts';
import type { Slots } from '../../events/slots/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { page } from '../../src/adapters/lambda/page.ts';
import { seeOther } from '../../src/adapters/lambda/see-other.ts';
import { bodyText, parseWith } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError, problemStatus } from '../../src/adapters/lambda/problem.ts';
import { type RequestCallDeps, requestCall } from '../../src/calls/request-call.ts';
import { type FieldErrors, type FormValues, fieldErrorsOf, findErrors, toBody } from '../../src/form/answers.ts';
import { listLines } from '../../src/form/list-lines.ts';
import { type PostedForm, readPostedForm } from '../../src/form/pages/form-post.ts';
import { type PageLanguage, choosePageLanguage } from '../../src/form/pages/page-language.ts';
import { renderForm } from '../../src/form/pages/render-form.ts';
import { renderRepeat } from '../../src/form/pages/render-status.ts';
import { parsePhone } from '../../src/phone/parse-phone.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import { randomToken } from '../../src/shared/digest.ts';
import { linesWithSlots } from '../../src/slots/lines-with-slots.ts';
import type { SlotCounts } from '../../src/slots/ports.ts';
import { timesForPerson } from '../../src/slots/times-for-person.ts';
import { toCommand } from './to-command.ts';
import { toProblem } from './to-problem.ts';

export type FormDeps = RequestCallDeps &
  Pick<Observability, 'logger'> & {
    readonly settings: RequestCallDeps['settings'] & Parameters<typeof listLines>[0];
    readonly counts: SlotCounts;
  };

/**
 * Takes the plain form of a page without JavaScript: on to the status page, or back to the form with what was typed.
 * @throws {ProblemError} `body-too-large`: no form of ours is that long
 */
export async function answerForm(
  deps: FormDeps,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const posted = readPostedForm(bodyText(event));
  const language = choosePageLanguage(posted.lang, event.headers['accept-language']);
  const lines = listLines(deps.settings);
  const found = findErrors(posted.values, lines, language.strings, language.tag);
  // Who wants a time has not been shown any yet: that is the next step and no mistake.
  const errors = posted.offeredTimes ? found : new Map([...found].filter(([field]) => field !== 'when'));
  if (errors.size > 0) return formAgain(deps, posted, language, { status: 422, errors });
  if (found.size > 0) return formAgain(deps, posted, language, { status: 200, errors });
  try {
    return await take(deps, event, posted, language);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    deps.logger.info(logCodes.requestRefused, { problem: error.code, route: event.routeKey });
    return formAgain(deps, posted, language, {
      status: problemStatus(error.code),
      errors: fieldErrorsOf({ code: error.code, ...(error.errors && { errors: error.errors }) }, language.strings),
    });
  }
}

async function take(
  deps: FormDeps,
  event: APIGatewayProxyEventV2,
  { values, consent, key }: PostedForm,
  language: PageLanguage,
): Promise<APIGatewayProxyStructuredResultV2> {
  const body = parseWith(RequestCallbackSchema, toBody(values, consent, undefined));
  const headers = { ...event.headers, ...(key && { 'idempotency-key': key }) };
  const command = toCommand({ ...event, headers }, body);
  // The page has no zone from the browser. That of the times was chosen for it, so it is no evidence of where the person is.
  const { timeZone, ...customer } = command.customer;
  const requested = await requestCall(deps, { ...command, customer, whenTimeZone: timeZone });
  if (!requested.ok) throw toProblem(requested.failure);
  const { call, manageToken } = requested.value;
  deps.logger.info(logCodes.callAccepted, {
    callId: call.id,
    number: maskNumber(call.number),
    line: call.line,
    repeated: !manageToken,
  });
  if (!manageToken) return page(202, renderRepeat(deps.settings.organization.name, language));
  return seeOther(`/callback/${call.id}?token=${manageToken}&lang=${language.tag}`);
}

async function formAgain(
  deps: FormDeps,
  { values }: PostedForm,
  language: PageLanguage,
  { status, errors }: { readonly status: number; readonly errors: FieldErrors },
): Promise<APIGatewayProxyStructuredResultV2> {
  // A wording that has changed is agreed to anew.
  const shown = errors.has('consent') ? { ...values, consented: false } : values;
  const problem = errors.size === 0 && status !== 200 ? language.strings.failed : undefined;
  const lines = listLines(deps.settings);
  const slots = values.when === 'now' ? undefined : await freeTimes(deps, values);
  return page(status, renderForm({ lines, language, values: shown, errors, problem, slots, key: randomToken() }));
}

/** A line without slots has no times either; the page says so. */
async function freeTimes({ settings, counts, decide, clock }: FormDeps, values: FormValues): Promise<Slots> {
  const phone = parsePhone(values.phone, values.country);
  const number = phone.ok ? phone.value.number : undefined;
  const deps = { lines: linesWithSlots(settings.lines), counts, decide, clock };
  return (await timesForPerson(deps, { line: values.line, number })) ?? { timeZone: 'UTC', slots: [] };
}
