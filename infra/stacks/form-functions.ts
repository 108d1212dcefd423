import type { LedgerGrants } from '../constructs/ledger-grants.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import type { DefineFunction, WithWebex } from './list-functions.ts';

export interface FormFunctionsProps {
  readonly api: PublicApi;
  readonly ledger: LedgerGrants;
  readonly define: DefineFunction;
  readonly withWebex: WithWebex;
}

/** The functions behind the form: what it shows, its page without JavaScript, and the page behind the manage link. */
export function addFormFunctions({ api, ledger, define, withWebex }: FormFunctionsProps): void {
  api.route(
    'GET /v1/lines',
    'public',
    define('list-lines', { description: 'Tells a form its topics, countries and consent wording.' }),
  );

  const listSlots = define('list-slots', { description: 'Tells a form which times of a line are free.' });
  ledger.readSlots(listSlots);
  api.route('GET /v1/lines/{line}/slots', 'public', listSlots);

  const estimateWait = define('estimate-wait', {
    description: 'Tells a form how long people wait on a line right now.',
    environment: withWebex.environment,
  });
  withWebex.readToken(estimateWait);
  ledger.cacheWaits(estimateWait);
  api.route('GET /v1/lines/{line}/wait', 'public', estimateWait);

  const showForm = define('show-form', {
    description: 'Shows the form without JavaScript, with how long people wait right now.',
    environment: withWebex.environment,
  });
  withWebex.readToken(showForm);
  ledger.cacheWaits(showForm);
  api.route('GET /callback', 'public', showForm);

  const manageCallback = define('manage-callback', {
    description: 'Shows a person their call, and moves or cancels it, without JavaScript.',
  });
  ledger.readCall(manageCallback);
  ledger.readFacts(manageCallback);
  ledger.changeCall(manageCallback);
  ledger.keepPlaces(manageCallback);
  api.route('GET /callback/{id}', 'public', manageCallback);
  api.route('POST /callback/{id}', 'public', manageCallback);

  const changeCall = define('change-call', { description: 'Moves or cancels a call for who holds its manage token.' });
  ledger.readCall(changeCall);
  ledger.readFacts(changeCall);
  ledger.changeCall(changeCall);
  ledger.keepPlaces(changeCall);
  api.route('PATCH /v1/callbacks/{id}', 'public', changeCall);
  api.route('DELETE /v1/callbacks/{id}', 'public', changeCall);
}
