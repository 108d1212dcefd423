import { DNC_LIST_NAME_PATTERN, DncEntryRequest } from '../contract/dnc.ts';
import { E164_PATTERN } from '../contract/common.ts';
import { type Answer, DNC_CODES, empty, errorAnswer, json } from '../http/answers.ts';
import { type ApiRequest, parseJsonBody } from '../http/request.ts';
import { REGIONS_WITHOUT_DNC } from '../settings.ts';
import type { Simulation } from '../simulation.ts';
import type { DncEntry } from '../store/dnc-store.ts';
import { type ApiRoute, ANY_SCOPE, route } from './route.ts';

const listName = (request: ApiRequest): string => request.params['dncListName'] ?? '';
const phoneNumber = (request: ApiRequest): string => request.params['phoneNumber'] ?? '';

/** What is wrong with the address, before any entry is looked at. A list that is missing looks like a number that is. */
function addressRefusal(request: ApiRequest, { settings }: Simulation, number?: string): Answer | undefined {
  const refuse = (status: number, words: string, code: number) =>
    errorAnswer('dnc', status, words, request.trackingId, code);
  const name = listName(request);
  if (REGIONS_WITHOUT_DNC.includes(settings.region))
    return refuse(404, 'The requested resource was not found.', DNC_CODES.notFound);
  if (!DNC_LIST_NAME_PATTERN.test(name)) return refuse(400, 'Invalid DNC list name.', DNC_CODES.name);
  if (number !== undefined && !E164_PATTERN.test(number)) {
    return refuse(400, 'Invalid phone number format. Phone numbers must be in E.164 format.', DNC_CODES.invalid);
  }
  if (!settings.dncLists.includes(name))
    return number === undefined ? refuse(404, `DNC list '${name}' not found`, DNC_CODES.notFound) : notFound(request);
  return undefined;
}

const notFound = (request: ApiRequest): Answer =>
  errorAnswer(
    'dnc',
    404,
    `Phone number ${phoneNumber(request)} not found in DNC list '${listName(request)}'`,
    request.trackingId,
  );

function addNumber(request: ApiRequest, simulation: Simulation): Answer {
  const refusal = addressRefusal(request, simulation);
  if (refusal) return refusal;
  const parsed = parseJsonBody(request, DncEntryRequest);
  if (!parsed.ok) {
    const code =
      parsed.failure.includes('is required') || parsed.failure.includes('empty')
        ? DNC_CODES.missing
        : DNC_CODES.invalid;
    return errorAnswer('dnc', 400, parsed.failure, request.trackingId, code);
  }
  const { phoneNumber: number, source, reason = null } = parsed.value;
  const entry = {
    list: listName(request),
    number,
    source,
    reason,
    addedBy: request.token?.clientId ?? '',
    addedAtMs: request.nowMs,
  };
  if (simulation.dnc.add(entry)) return json(201, toApiEntry(entry));
  return errorAnswer(
    'dnc',
    409,
    `Phone number ${number} already exists in DNC list '${entry.list}'`,
    request.trackingId,
  );
}

function getNumber(request: ApiRequest, simulation: Simulation): Answer {
  const refusal = addressRefusal(request, simulation, phoneNumber(request));
  if (refusal) return refusal;
  const entry = simulation.dnc.find(listName(request), phoneNumber(request));
  return entry ? json(200, toApiEntry(entry)) : notFound(request);
}

function removeNumber(request: ApiRequest, simulation: Simulation): Answer {
  const refusal = addressRefusal(request, simulation, phoneNumber(request));
  if (refusal) return refusal;
  return simulation.dnc.remove(listName(request), phoneNumber(request)) ? empty(204) : notFound(request);
}

const toApiEntry = (entry: DncEntry) => ({
  phoneNumber: entry.number,
  source: entry.source,
  addedDate: new Date(entry.addedAtMs).toISOString(),
  addedBy: entry.addedBy,
  ...(entry.reason === null ? {} : { reason: entry.reason }),
  lastModified: new Date(entry.addedAtMs).toISOString(),
});

export const dncRoutes: readonly ApiRoute[] = [
  route('dncAdd', { errors: 'dnc', scopes: ANY_SCOPE, handle: addNumber }),
  route('dncGet', { errors: 'dnc', scopes: ANY_SCOPE, handle: getNumber }),
  route('dncRemove', { errors: 'dnc', scopes: ANY_SCOPE, handle: removeNumber }),
];
