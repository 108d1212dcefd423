/**
 * The text of our Search queries. What a person or a caller gave never becomes part of it: it is bound as a variable.
 * Nested filters go down to the scalar (`callbackData: { callbackNumber: { equals } }`), the form of Cisco's current guide;
 * an older sample has `callbackData: { equals: { callbackNumber } }`. If an organization should want that form, this is the place.
 */
const SELECTION = `
    tasks {
      id status isActive createdTime(sort: asc) endedTime direction origin destination isCallback isOutdial
      terminationType terminationReason terminatingEnd contactHandleType
      customer { phoneNumber }
      callbackData { callbackNumber callbackStatus callbackRequestTime callbackConnectTime }
      lastAgent { id }
      key: stringGlobalVariables(name: $key) { name value }
    }
    pageInfo { hasNextPage endCursor }`;

const query = (
  name: string,
  parameters: string,
  filter: string,
): string => `query ${name}($from: Long!, $to: Long!, $key: String!, $cursor: String!, ${parameters}) {
  taskDetails(from: $from, to: $to, filter: ${filter}, pagination: { cursor: $cursor }) {${SELECTION}
  }
}`;

export const BY_TASK_ID = query('TaskById', '$id: String!', '{ id: { equals: $id } }');

export const BY_VARIABLE = query(
  'TaskByVariable',
  '$value: String!',
  `{ and: [
    { channelType: { equals: telephony } }
    { stringGlobalVariables: { name: { equals: $key } value: { equals: $value } } }
  ] }`,
);

/** Nobody says which field holds the customer's number of an outbound task, nor whether with the plus sign. */
const NUMBER_FIELDS = (variable: string): string =>
  [
    `{ origin: { equals: ${variable} } }`,
    `{ destination: { equals: ${variable} } }`,
    `{ customer: { phoneNumber: { equals: ${variable} } } }`,
    `{ callbackData: { callbackNumber: { equals: ${variable} } } }`,
  ].join('\n      ');

export const BY_NUMBER = query(
  'TasksByNumber',
  '$number: String!, $digits: String!',
  `{ and: [
    { channelType: { equals: telephony } }
    { or: [
      ${NUMBER_FIELDS('$number')}
      ${NUMBER_FIELDS('$digits')}
    ] }
  ] }`,
);

/** The cursor of the first page (Cisco's guide). */
export const FIRST_PAGE = 'NA';
