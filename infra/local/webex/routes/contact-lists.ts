import { Temporal } from 'temporal-polyfill';
import type * as z from 'zod';
import {
  CreateContactListRequest,
  CreateContactRequest,
  GetContactListsQuery,
  UpdateContactListStatusRequest,
  UpdateContactRequest,
} from '../contract/contact-lists.ts';
import { type Answer, errorAnswer, json } from '../http/answers.ts';
import { type ApiRequest, parseJsonBody, parseQuery } from '../http/request.ts';
import type { Campaign } from '../settings.ts';
import type { Simulation } from '../simulation.ts';
import type { ContactList } from '../store/contact-store.ts';
import { contactFault } from '../campaigns/field-mapping.ts';
import { ANY_SCOPE, type ApiRoute, route } from './route.ts';

/** A list lives at most 31 days (Webex campaign documentation). */
const LIFE_MS_MAX = 31 * 86_400_000;
const MINUTE_MS = 60_000;

const refuse = (request: ApiRequest, words: string): Answer =>
  errorAnswer('contact-lists', 400, words, request.trackingId);
const campaignOf = (request: ApiRequest, { settings }: Simulation): Campaign | undefined =>
  settings.campaigns.find((campaign) => campaign.id === request.params['campaignId']);

const isExpired = (list: ContactList, nowMs: number): boolean => list.expiredAtMs !== null || list.expiresAtMs <= nowMs;

/** The campaign and the list that the address names, or the refusal. Only lists made by this API exist here. */
function addressed(
  request: ApiRequest,
  simulation: Simulation,
): { readonly campaign: Campaign; readonly list: ContactList } | Answer {
  const campaign = campaignOf(request, simulation);
  const id = request.params['contactListId'] ?? '';
  if (!campaign) return refuse(request, 'The campaign ID is invalid');
  const list = /^\d{1,15}$/.test(id) ? simulation.contacts.findList(campaign.id, id) : undefined;
  return list ? { campaign, list } : refuse(request, 'The contact list ID is invalid');
}

function createList(request: ApiRequest, simulation: Simulation): Answer {
  const campaign = campaignOf(request, simulation);
  const parsed = parseJsonBody(request, CreateContactListRequest);
  if (!campaign) return refuse(request, 'The campaign ID is invalid');
  if (!parsed.ok) return refuse(request, parsed.failure);
  const { supportedChannels, activationTimeLagMinutes, activationDateTime } = parsed.value;
  const activateAtMs =
    activationDateTime === undefined
      ? request.nowMs + (activationTimeLagMinutes ?? 0) * MINUTE_MS
      : Temporal.PlainDateTime.from(activationDateTime.replace(/Z$/, '')).toZonedDateTime('UTC').epochMilliseconds;
  const contactListId = simulation.contacts.addList({
    campaignId: campaign.id,
    channels: supportedChannels,
    createdAtMs: request.nowMs,
    activateAtMs,
    expiresAtMs: activateAtMs + LIFE_MS_MAX,
  });
  return json(201, { outcome: 'Success', statusCode: 0, contactListId });
}

function addContacts(request: ApiRequest, simulation: Simulation): Answer {
  const found = addressed(request, simulation);
  if ('status' in found) return found;
  const parsed = parseJsonBody(request, CreateContactRequest);
  if (!parsed.ok) return refuse(request, parsed.failure);
  const { campaign, list } = found;
  if (isExpired(list, request.nowMs)) {
    return json(202, { outcome: 'Failed', statusCode: 400, summary: 'The contact list has expired' });
  }
  for (const contact of parsed.value.contacts)
    simulation.contacts.addContact(list.id, toContact(contact, campaign, request.nowMs));
  return json(202, { outcome: 'Queued', statusCode: 0, summary: 'Queued for adding to the contact list' });
}

function toContact(
  contact: z.output<typeof CreateContactRequest>['contacts'][number],
  campaign: Campaign,
  nowMs: number,
) {
  const byRole = (role: NonNullable<Campaign['fields'][number]['role']>) => {
    const field = campaign.fields.find((candidate) => candidate.role === role)?.fieldName;
    return contact.contactAttributes.find((attribute) => attribute.fieldName === field)?.value ?? null;
  };
  return {
    acceptedAtMs: nowMs,
    processAtMs: nowMs + campaign.processAfterMs,
    customerId: byRole('customerId'),
    accountId: byRole('accountId'),
    phone: byRole('phone'),
    attributes: contact.contactAttributes,
    invalid: contactFault(contact.contactAttributes, campaign) ?? null,
  };
}

/** Asynchronous in Webex: an id that fits no contact is queued all the same. */
function updateContact(request: ApiRequest, simulation: Simulation): Answer {
  const found = addressed(request, simulation);
  if ('status' in found) return found;
  const parsed = parseJsonBody(request, UpdateContactRequest);
  if (!parsed.ok) return refuse(request, parsed.failure);
  simulation.contacts.close(found.list.id, request.params['contactId'] ?? '', request.nowMs);
  return json(202, { outcome: 'Queued', statusCode: 0, summary: 'Queued for updating the contact status' });
}

function updateListStatus(request: ApiRequest, simulation: Simulation): Answer {
  const found = addressed(request, simulation);
  if ('status' in found) return found;
  const parsed = parseJsonBody(request, UpdateContactListStatusRequest);
  if (!parsed.ok) return refuse(request, parsed.failure);
  if (parsed.value.contactListStatus.toUpperCase() !== 'EXPIRED') {
    const error = { code: 'InvalidStatus', message: 'Contact list status is invalid' };
    return json(200, { outcome: 'Failure', statusCode: 400, error });
  }
  simulation.contacts.expire(found.list.id, request.nowMs);
  return json(200, { outcome: 'Success', statusCode: 0, summary: 'Contact list status updated successfully' });
}

function getLists(request: ApiRequest, simulation: Simulation): Answer {
  const campaign = campaignOf(request, simulation);
  const parsed = parseQuery(request.query, GetContactListsQuery);
  if (!campaign) return refuse(request, 'The campaign ID is invalid');
  if (!parsed.ok) return refuse(request, parsed.failure);
  const { status, source } = parsed.value;
  const contactLists = simulation.contacts
    .lists(campaign.id)
    .map((list) => toApiList(list, simulation, request.nowMs))
    .filter((list) => (status ?? list.contactListStatus) === list.contactListStatus && (source ?? 'API') === 'API');
  return json(200, { outcome: 'Success', statusCode: 0, contactLists });
}

const toApiList = (list: ContactList, simulation: Simulation, nowMs: number) => ({
  contactListId: list.id,
  contactListStatus: isExpired(list, nowMs) ? 'Expired' : 'Active',
  contactListRecordCount: simulation.contacts.counts(list.id, nowMs).processed,
  contactListSource: 'API',
  dateOfCreation: new Date(list.createdAtMs).toISOString(),
  dateOfActivation: new Date(list.activateAtMs).toISOString(),
  dateOfExpiry: new Date(list.expiredAtMs ?? list.expiresAtMs).toISOString(),
});

const listRoute = (name: Parameters<typeof route>[0], handle: ApiRoute['handle']) =>
  route(name, { errors: 'contact-lists', scopes: ANY_SCOPE, handle });

export const contactListRoutes: readonly ApiRoute[] = [
  listRoute('contactListCreate', createList),
  listRoute('contactsAdd', addContacts),
  listRoute('contactUpdate', updateContact),
  listRoute('contactListStatus', updateListStatus),
  listRoute('contactListsGet', getLists),
];
