import type { WebexClient } from '../../src/adapters/webex/client.ts';
import type { AgentStates, OrderGateway } from '../../src/calls/order-gateway.ts';

/** What only lines with `future: 'webex'` or a preferred agent ask Webex for: loaded with the first call that needs it. */
export function lazyOrders(webex: WebexClient): { readonly orders: OrderGateway; readonly agents: AgentStates } {
  const gateway = async (): Promise<OrderGateway> => {
    const { WebexOrderGateway } = await import('../../src/adapters/webex/order-gateway.ts');
    return new WebexOrderGateway(webex);
  };
  return {
    orders: {
      place: async (...order) => (await gateway()).place(...order),
      find: async (...order) => (await gateway()).find(...order),
      look: async (callbackId) => (await gateway()).look(callbackId),
      move: async (...order) => (await gateway()).move(...order),
      remove: async (callbackId) => (await gateway()).remove(callbackId),
    },
    agents: {
      read: async (userId) => {
        const { WebexAgentStates } = await import('../../src/adapters/webex/agent-states.ts');
        return new WebexAgentStates(webex).read(userId);
      },
    },
  };
}
