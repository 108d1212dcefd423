import { authorizeRoutes } from './authorize.ts';
import { contactListRoutes } from './contact-lists.ts';
import { dncRoutes } from './dnc.ts';
import { insightRoutes } from './insights.ts';
import { oauthRoutes } from './oauth.ts';
import type { ApiRoute } from './route.ts';
import { scheduledCallbackRoutes } from './scheduled-callbacks.ts';
import { taskRoutes } from './tasks.ts';

/** Every simulated operation; the most frequent first, because they are tried in this order. */
export const apiRoutes: readonly ApiRoute[] = [
  ...taskRoutes,
  ...insightRoutes,
  ...oauthRoutes,
  ...dncRoutes,
  ...scheduledCallbackRoutes,
  ...contactListRoutes,
  ...authorizeRoutes,
];
