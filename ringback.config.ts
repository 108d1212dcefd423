import { defineConfig } from './src/settings/define-config.ts';

const daily: [string, string][] = [['07:00', '21:00']];

/** The sample organization that `npm start` runs. Every setting is described in docs/settings.md. */
export default defineConfig({
  organization: { id: '7f2c1f6e-3d0b-4a55-9a3e-5d2f2c9b8a10', name: 'Example Energy' },
  webex: { region: 'us1' },
  lines: {
    billing: {
      topic: 'Billing',
      task: 'CALLBACK',
      entryPointId: '2b1c7a90-6f0e-4a39-8c55-0f6f3a7d1e01',
      origin: '+14155550100',
      attributes: { ringback_line: 'billing' },
    },
    support: {
      topic: 'Technical support',
      task: 'CALLBACK',
      entryPointId: '2b1c7a90-6f0e-4a39-8c55-0f6f3a7d1e02',
      queueId: '2b1c7a90-6f0e-4a39-8c55-0f6f3a7d2e02',
      hours: {
        timeZone: 'America/Los_Angeles',
        weekdays: { mon: daily, tue: daily, wed: daily, thu: daily, fri: daily, sat: daily, sun: daily },
      },
      slots: { minutes: 30, capacity: 20, daysAhead: 14, leadMinutes: 30 },
    },
    reminders: {
      topic: 'Reminders',
      audience: 'operators',
      task: 'EXECUTE_FLOW',
      entryPointId: '2b1c7a90-6f0e-4a39-8c55-0f6f3a7d1e03',
      origin: '+14155550100',
      attributes: { ringback_line: 'reminders' },
    },
  },
  triggers: {
    sources: {
      crm: {
        signature: { form: 'standard-webhooks' },
        does: 'outdial',
        line: 'reminders',
        purpose: 'service',
        country: 'US',
        basis: { type: 'consent', start: '/consent/givenAt', wordingVersion: '/consent/wording' },
        mapping: {
          phone: '/contact/phone',
          name: '/contact/name',
          variables: { invoice: '/invoice/number', amount: '/invoice/amount' },
        },
      },
      newsletter: {
        signature: { form: 'standard-webhooks' },
        does: 'contact',
        campaign: 'spring-offers',
        collectSeconds: 30,
        mapping: {
          phone: '/subscriber/phone',
          variables: {
            'customer id': '/subscriber/id',
            'opted in': '/subscriber/optedInOn',
            'first name': '/subscriber/firstName',
            'time zone': '/subscriber/timeZone',
          },
        },
      },
    },
  },
  countries: ['US', 'CA'],
  consent: {
    current: '2026-11',
    wordings: {
      '2026-11': {
        en: 'I ask Example Energy to call me at the number above about my request. Consent is not a condition of any purchase.',
      },
    },
  },
  uploads: {
    campaigns: {
      'spring-offers': {
        mapping: {
          number: 'phone',
          zone: 'time zone',
          id: 'customer id',
          since: 'opted in',
          fields: {
            Phone: { column: 'phone', type: 'Phone', required: true },
            CustomerId: { column: 'customer id', required: true },
            FirstName: { column: 'first name' },
            Balance: { column: 'balance', type: 'Float' },
            RenewsOn: { column: 'renews on', type: 'Date' },
          },
        },
        basis: { type: 'consent' },
      },
    },
  },
  site: { origins: ['https://www.example.com'] },
  // The README's requests and the measurements come from this machine and solve no challenge.
  screen: { exemptAddresses: ['127.0.0.0/8', '::1'] },
  operators: { issuer: 'https://login.example.com', audience: 'ringback' },
});
