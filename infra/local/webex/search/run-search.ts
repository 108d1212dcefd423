import {
  type DocumentNode,
  executeSync,
  GraphQLError,
  type GraphQLResolveInfo,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  type SelectionSetNode,
  specifiedRules,
  validate,
} from 'graphql';
import { fail, ok, type Result } from '../../../../src/shared/result.ts';
import type { Simulation } from '../simulation.ts';
import type { TaskRecord } from '../store/task-store.ts';
import { type Filter, narrow, passes, type SearchRecord } from './filter.ts';
import { toSearchRecord } from './record.ts';
import { searchSchema } from './schema.ts';

/** Search guide: at most 100,000 records by paging; the span of a query is at most 365 days (OpenAPI). */
const RECORDS_MAX = 100_000;
const SPAN_MS_MAX = 365 * 86_400_000;
const QUERY_CHARACTERS_MAX = 100_000;
const QUERY_TOKENS_MAX = 5_000;
/** What the samples send to ask for the first page. */
const FIRST_PAGE_CURSORS: readonly string[] = ['NA', '0', ''];

export interface SearchInput {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly nowMs: number;
  /** The organization is shown as it was so long ago. */
  readonly lagMs: number;
}

interface RootArguments {
  readonly from: number;
  readonly to: number;
  readonly filter?: Filter | null;
  readonly pagination?: { readonly cursor?: string | null } | null;
  readonly timeComparator?: 'createdTime' | 'endedTime' | null;
}

/** Runs one GraphQL query; whatever is wrong with it is answered in one sentence, for a 400. */
export function runSearch(simulation: Simulation, input: SearchInput): Result<unknown, string> {
  const document = parseQuery(input.query);
  if (!document.ok) return document;
  const find = (args: RootArguments, _context: unknown, info: GraphQLResolveInfo) =>
    findTasks(simulation, input, args, sortOf(info));
  const result = executeSync({
    schema: searchSchema,
    document: document.value,
    rootValue: { taskDetails: find, task: find },
    variableValues: input.variables,
  });
  const [error] = result.errors ?? [];
  return error ? fail(sentence(error)) : ok({ data: result.data });
}

function parseQuery(query: string): Result<DocumentNode, string> {
  if (query.length > QUERY_CHARACTERS_MAX) return fail('query: is too long.');
  try {
    const document = parse(query, { maxTokens: QUERY_TOKENS_MAX });
    const [error] = validate(searchSchema, document, [...specifiedRules, NoSchemaIntrospectionCustomRule]);
    return error ? fail(sentence(error)) : ok(document);
  } catch (error) {
    if (error instanceof GraphQLError) return fail(sentence(error));
    throw error;
  }
}

/** Webex tells an unknown field as FieldUndefined. */
function sentence(error: GraphQLError): string {
  const unknown = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message);
  return unknown
    ? `Validation error (FieldUndefined): Field '${unknown[1]}' in type '${unknown[2]}' is undefined`
    : error.message;
}

interface Sort {
  readonly field: string;
  readonly descending: boolean;
}

function findTasks(simulation: Simulation, input: SearchInput, args: RootArguments, sort: Sort) {
  if (args.to < args.from) throw new GraphQLError('to: must not be before from.');
  if (args.to - args.from > SPAN_MS_MAX) throw new GraphQLError('from, to: must be at most 365 days apart.');
  const atMs = input.nowMs - input.lagMs;
  const comparator = args.timeComparator ?? 'createdTime';
  const filter = args.filter ?? {};
  const records = candidates(simulation, filter, args, comparator, atMs)
    .filter((task) => task.createdAtMs <= atMs && task.plan.outcome !== 'failed')
    .map((task) => toSearchRecord(task, simulation.tasks.variablesOf(task.id), simulation.settings, atMs))
    .filter((record) => isWithin(record[comparator], args) && passes(filter, record))
    .toSorted((a, b) => compare(a, b, sort));
  return toPage(records, args.pagination?.cursor ?? '', simulation.settings.searchPageSize);
}

/** The tasks that may match, by an index where the filter names one. */
function candidates(
  simulation: Simulation,
  filter: Filter,
  args: RootArguments,
  comparator: string,
  atMs: number,
): TaskRecord[] {
  const { id, variable } = narrow(filter);
  if (id !== undefined) return [simulation.tasks.find(id)].filter((task) => task !== undefined);
  if (variable) return simulation.tasks.withVariable(variable.name, variable.value);
  const fromMs = comparator === 'createdTime' ? args.from : 0;
  return simulation.tasks.createdBetween(fromMs, Math.min(args.to, atMs), RECORDS_MAX);
}

const isWithin = (instant: unknown, { from, to }: RootArguments): boolean =>
  typeof instant === 'number' && instant >= from && instant <= to;

function compare(a: SearchRecord, b: SearchRecord, { field, descending }: Sort): number {
  const difference = Number(a[field] ?? 0) - Number(b[field] ?? 0);
  return descending ? -difference : difference;
}

function toPage(records: readonly SearchRecord[], cursor: string, pageSize: number) {
  const start = FIRST_PAGE_CURSORS.includes(cursor) ? 0 : positionOf(cursor);
  const end = start + pageSize;
  return {
    tasks: records.slice(start, end).map(withVariableField),
    pageInfo: { hasNextPage: end < records.length, endCursor: end < records.length ? cursorOf(end) : 'NA' },
    intervalInfo: null,
  };
}

const cursorOf = (position: number): string => Buffer.from(`after:${position}`).toString('base64url');

function positionOf(cursor: string): number {
  const position = /^after:(\d{1,6})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (position === undefined) throw new GraphQLError('pagination.cursor: is not a cursor of this API.');
  return Number(position);
}

const withVariableField = (record: SearchRecord) => ({
  ...record,
  stringGlobalVariables: ({ name }: { readonly name: string }) => {
    const value = Object(record['globalVariables'])[name];
    return typeof value === 'string' ? { name, value } : null;
  },
});

/** The `sort` argument of a selected time field; creation, ascending, where there is none. */
function sortOf(info: GraphQLResolveInfo): Sort {
  const found = info.fieldNodes.flatMap((node) => sortsIn(node.selectionSet));
  return found[0] ?? { field: 'createdTime', descending: false };
}

function sortsIn(selection: SelectionSetNode | undefined): Sort[] {
  return (selection?.selections ?? []).flatMap((node) => {
    if (node.kind !== Kind.FIELD) return [];
    const order = node.arguments?.find((argument) => argument.name.value === 'sort')?.value;
    const own = order?.kind === Kind.ENUM ? [{ field: node.name.value, descending: order.value === 'desc' }] : [];
    return [...own, ...sortsIn(node.selectionSet)];
  });
}
