import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { callbackView } from '../../src/adapters/lambda/callback-view.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { page } from '../../src/adapters/lambda/page.ts';
import { seeOther } from '../../src/adapters/lambda/see-other.ts';
import { bodyText, requireMediaType } from '../../src/adapters/lambda/parse-body.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import type { Call } from '../../src/calls/call.ts';
import { type ChangeCallDeps, type ChangeCallFailure, changeCall } from '../../src/calls/change-call.ts';
import { pendingChange } from '../../src/calls/held-by.ts';
import { readCallback } from '../../src/calls/read-call.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import type { FormSettings } from '../../src/form/list-lines.ts';
import { type PostedChange, readPostedChange } from '../../src/form/pages/change-post.ts';
import { type PageLanguage, choosePageLanguage } from '../../src/form/pages/page-language.ts';
import {
  type StatusPageOptions,
  isChangeable,
  renderNotFound,
  renderStatus,
} from '../../src/form/pages/render-status.ts';
import { zoneOfNumber } from '../../src/numbering/candidates.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { linesWithSlots } from '../../src/slots/lines-with-slots.ts';
import type { SlotCounts } from '../../src/slots/ports.ts';
import { timesForPerson } from '../../src/slots/times-for-person.ts';

export interface ManageCallbackDeps extends Omit<ChangeCallDeps, 'settings'>, Pick<Observability, 'logger'> {
  readonly calls: Pick<CallStore, 'get' | 'commit' | 'record' | 'findByNumber'>;
  readonly counts: SlotCounts;
  readonly settings: ChangeCallDeps['settings'] & Pick<FormSettings, 'organization'>;
}

/** The page behind the manage link: status, another time, cancel; all with plain forms. */
export const createHandler = (deps: ManageCallbackDeps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      if (event.requestContext.http.method === 'POST') return change(deps, event);
      const { token = '', lang, changed } = event.queryStringParameters ?? {};
      const language = choosePageLanguage(lang, event.headers['accept-language']);
      const call = await readCallback(deps, event.pathParameters?.['id'] ?? '', token);
      if (!call) return page(404, renderNotFound(deps.settings.organization.name, language));
      const isDone = changed === 'moved' && pendingChange(call) === undefined;
      const notice = isDone ? ({ kind: 'done', text: language.pages.moved } as const) : undefined;
      return page(200, await statusPage(deps, { call, language, manageToken: token, notice }));
    });

async function change(
  deps: ManageCallbackDeps,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  requireMediaType(event, ['application/x-www-form-urlencoded']);
  const callId = event.pathParameters?.['id'] ?? '';
  const posted = readPostedChange(bodyText(event));
  const language = choosePageLanguage(posted.lang, event.headers['accept-language']);
  const changed = posted.change
    ? await changeCall(deps, { callId, manageToken: posted.token, change: posted.change })
    : undefined;
  if (changed?.ok) {
    deps.logger.info(logCodes.callChanged, { callId, change: posted.change?.do });
    const query = new URLSearchParams({ token: posted.token, lang: language.tag });
    if (posted.change?.do === 'reschedule') query.set('changed', 'moved');
    return seeOther(`/callback/${callId}?${query.toString()}`);
  }
  return notChanged(deps, callId, posted, language, changed?.failure.code);
}

async function notChanged(
  deps: ManageCallbackDeps,
  callId: string,
  { token, change }: PostedChange,
  language: PageLanguage,
  code: ChangeCallFailure['code'] = 'invalid-request',
): Promise<APIGatewayProxyStructuredResultV2> {
  const call = await readCallback(deps, callId, token);
  if (!call) return page(404, renderNotFound(deps.settings.organization.name, language));
  const { strings } = language;
  const [status, text] = {
    'too-late': [409, strings.tooLate],
    'request-in-progress': [409, strings.failed],
    'invalid-request': [422, strings.slotRefused],
    'number-not-callable': [422, strings.slotRefused],
    'slot-taken': [409, strings.slotTaken],
    'not-found': [404, strings.refused],
  }[code] as [number, string];
  const isAboutTime =
    change?.do !== 'cancel' && change?.when !== 'now' && (text === strings.slotTaken || text === strings.slotRefused);
  const shown = { call, language, manageToken: token, notice: { kind: 'problem', text } as const };
  return page(status, await statusPage(deps, { ...shown, slotError: isAboutTime ? text : undefined }));
}

async function statusPage(
  { settings, counts, decide, clock }: ManageCallbackDeps,
  {
    call,
    ...shown
  }: Pick<StatusPageOptions, 'language' | 'manageToken' | 'notice' | 'slotError'> & { readonly call: Call },
): Promise<string> {
  const line = settings.lines[call.line];
  const status = callbackView(call, clock.nowMs());
  const { timeZone } = call.customer;
  const deps = { lines: linesWithSlots(settings.lines), counts, decide, clock };
  return renderStatus({
    ...shown,
    organization: settings.organization.name,
    status,
    topic: line?.topic ?? call.line,
    timeZone: timeZone ?? zoneOfNumber(call.number) ?? line?.hours?.timeZone ?? 'UTC',
    slots: isChangeable(status)
      ? await timesForPerson(deps, { line: call.line, number: call.number, timeZone })
      : undefined,
    nowMs: clock.nowMs(),
  });
}
