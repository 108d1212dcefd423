import type { TaskGateway } from '../../calls/task-gateway.ts';
import type { Settings } from '../../settings/schema.ts';
import { WebexTaskGateway } from '../webex/task-gateway.ts';
import { type FunctionWebexOptions, createFunctionWebex } from './webex-client.ts';

export interface WebexTasksOptions extends FunctionWebexOptions {
  readonly settings: Pick<Settings, 'webex'>;
}

/** Webex's tasks for one function that needs nothing else of Webex. */
export const createWebexTasks = (options: WebexTasksOptions): TaskGateway =>
  new WebexTaskGateway(createFunctionWebex(options), options.settings.webex.attemptVariable);
