import { buildSchema, type GraphQLScalarType, GraphQLError, type GraphQLSchema, Kind } from 'graphql';

/** Reporting fields that hold one scalar; a task can be selected and filtered by each (data dictionary of task records). */
const STRING_FIELDS = [
  'id',
  'status',
  'origin',
  'destination',
  'direction',
  'outdialType',
  'campaignId',
  'campaignName',
  'campaignStatus',
  'cpaStatus',
  'terminationType',
  'terminationReason',
  'terminatingEnd',
  'contactHandleType',
  'preferredAgentSystemId',
  'preferredAgentName',
];
const BOOLEAN_FIELDS = ['isActive', 'isOutdial', 'isCallback', 'isCampaign'];
const LONG_FIELDS = ['endedTime', 'lastActivityTime'];

/** Fields that hold an object, with its text members and its Long members. */
const OBJECT_FIELDS: Readonly<Record<string, { readonly text: readonly string[]; readonly long: readonly string[] }>> =
  {
    customer: { text: ['phoneNumber', 'name', 'email'], long: [] },
    callbackData: {
      text: [
        'callbackNumber',
        'callbackStatus',
        'callbackOrigin',
        'callbackType',
        'callbackQueueName',
        'callbackAgentName',
        'callbackTeamName',
      ],
      long: ['callbackRequestTime', 'callbackConnectTime', 'callbackRetryCount'],
    },
    lastEntryPoint: { text: ['id', 'name'], long: [] },
    lastQueue: { text: ['id', 'name'], long: [] },
    lastTeam: { text: ['id', 'name'], long: [] },
    lastSite: { text: ['id', 'name'], long: [] },
    lastAgent: { text: ['id', 'name', 'signInId', 'sessionId'], long: [] },
  };

const typeName = (field: string): string => field.charAt(0).toUpperCase() + field.slice(1);

/** Both ways of filtering by an object's member that Cisco's samples show: member outside, and `equals` outside. */
const objectTypes = Object.entries(OBJECT_FIELDS).map(
  ([field, { text, long }]) => `
    type ${typeName(field)} { ${text.map((member) => `${member}: String`).join(' ')} ${long.map((member) => `${member}: Long`).join(' ')} }
    input ${typeName(field)}Values { ${text.map((member) => `${member}: String`).join(' ')} ${long.map((member) => `${member}: Long`).join(' ')} }
    input ${typeName(field)}Filter {
      equals: ${typeName(field)}Values
      ${text.map((member) => `${member}: StringFilter`).join('\n')}
      ${long.map((member) => `${member}: LongFilter`).join('\n')}
    }`,
);

const SDL = `
  scalar Long
  scalar JSON
  enum ChannelType { telephony chat email social }
  enum SortOrder { asc desc }
  enum TimeComparator { createdTime endedTime }
  input StringFilter { equals: String notequals: String match: String contains: String }
  input LongFilter { equals: Long notequals: Long gt: Long gte: Long lt: Long lte: Long }
  input BooleanFilter { equals: Boolean }
  input ChannelTypeFilter { equals: ChannelType notequals: ChannelType }
  input StringVariableFilter { name: StringFilter value: StringFilter }
  input Pagination { cursor: String }
  type StringVariable { name: String value: String }
  ${objectTypes.join('\n')}
  input TaskFilter {
    and: [TaskFilter!]
    or: [TaskFilter!]
    channelType: ChannelTypeFilter
    stringGlobalVariables: StringVariableFilter
    ${STRING_FIELDS.map((field) => `${field}: StringFilter`).join('\n')}
    ${BOOLEAN_FIELDS.map((field) => `${field}: BooleanFilter`).join('\n')}
    ${LONG_FIELDS.map((field) => `${field}: LongFilter`).join('\n')}
    ${Object.keys(OBJECT_FIELDS)
      .map((field) => `${field}: ${typeName(field)}Filter`)
      .join('\n')}
  }
  type Task {
    channelType: ChannelType
    createdTime(sort: SortOrder): Long
    globalVariables: JSON
    stringGlobalVariables(name: String!): StringVariable
    ${STRING_FIELDS.map((field) => `${field}: String`).join('\n')}
    ${BOOLEAN_FIELDS.map((field) => `${field}: Boolean`).join('\n')}
    ${LONG_FIELDS.map((field) => `${field}(sort: SortOrder): Long`).join('\n')}
    ${Object.keys(OBJECT_FIELDS)
      .map((field) => `${field}: ${typeName(field)}`)
      .join('\n')}
  }
  type PageInfo { hasNextPage: Boolean endCursor: String }
  type TaskList { tasks: [Task!] pageInfo: PageInfo intervalInfo: JSON }
  type Query {
    taskDetails(from: Long!, to: Long!, filter: TaskFilter, pagination: Pagination, timeComparator: TimeComparator): TaskList
    task(from: Long!, to: Long!, filter: TaskFilter, pagination: Pagination, timeComparator: TimeComparator): TaskList
  }
`;

/** The part of the reporting schema that is simulated. */
export const searchSchema: GraphQLSchema = withLong(buildSchema(SDL));

/** A Long is a whole number, or its digits as text: the lab of the reference sends them as JSON strings. */
function withLong(schema: GraphQLSchema): GraphQLSchema {
  const long = schema.getType('Long') as GraphQLScalarType;
  const toLong = (value: unknown): number => {
    const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
    throw new GraphQLError(`Expected type 'Long' but was '${typeof value}'`);
  };
  long.coerceInputValue = toLong;
  long.coerceInputLiteral = (node) => {
    if (node.kind === Kind.INT || node.kind === Kind.STRING) return toLong(node.value);
    throw new GraphQLError(`Expected type 'Long' but was ${node.kind}`);
  };
  return schema;
}
