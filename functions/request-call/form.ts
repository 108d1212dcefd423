import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { RequestCallbackSchema } from '../../events/request-callback/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { page } from '../../src/adapters/lambda/page.ts';
import { seeOther } from '../../src/adapters/lambda/see-other.ts';
import { bodyText, parseWith } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError, problemStatus } from '../../src/adapters/lambda/problem.ts';
import { type RequestCallDeps, requestCall } from '../../src/calls/request-call.ts';
import { type FieldErrors, fieldErrorsOf, findErrors, toBody } from '../../src/form/answers.ts';
import { listLines } from '../../src/form/list-lines.ts';
import { type PostedForm, readPostedForm } from '../../src/form/pages/form-post.ts';
import { type PageLanguage, choosePageLanguage } from '../../src/form/pages/page-language.ts';
import { renderForm } from '../../src/form/pages/render-form.ts';
import { renderRepeat } from '../../src/form/pages/render-status.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import { randomToken } from '../../src/shared/digest.ts';
import { toCommand } from './to-command.ts';
import { toProblem } from './to-problem.ts';

type FormDeps = RequestCallDeps &
  Pick<Observability, 'logger'> & {
    readonly settings: RequestCallDeps['settings'] & Parameters<typeof listLines>[0];
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
  const errors = findErrors(posted.values, lines, language.strings, language.tag);
  if (errors.size > 0) return formAgain(deps, posted, language, { status: 422, errors });
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
  const requested = await requestCall(deps, toCommand({ ...event, headers }, body));
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

function formAgain(
  deps: FormDeps,
  { values }: PostedForm,
  language: PageLanguage,
  { status, errors }: { readonly status: number; readonly errors: FieldErrors },
): APIGatewayProxyStructuredResultV2 {
  // A wording that has changed is agreed to anew.
  const shown = errors.has('consent') ? { ...values, consented: false } : values;
  const problem = errors.size === 0 ? language.strings.failed : undefined;
  const lines = listLines(deps.settings);
  return page(status, renderForm({ lines, language, values: shown, errors, problem, key: randomToken() }));
}
