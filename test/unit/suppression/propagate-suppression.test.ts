import { expect, it, vi } from 'vitest';
import { SuppressionUnsettledError, propagateSuppression } from '../../../src/suppression/propagate-suppression.ts';
import { MemorySuppressions, entryOf, number } from './support.ts';

/** A list in Webex as a set; `during` runs while a request is on its way. */
function setUp(suppressions: MemorySuppressions, during: () => void = () => undefined) {
  const listed = new Set<string>();
  const list = {
    add: vi.fn(async (added: string) => {
      during();
      listed.add(added);
    }),
    remove: vi.fn(async (removed: string) => {
      during();
      listed.delete(removed);
    }),
  };
  const deleteAll = vi.fn(async () => 2);
  const closeContacts = vi.fn(async () => 3);
  const deps = { suppressions, webexLists: [list], scheduledCallbacks: { deleteAll }, closeContacts };
  return { deps, list, listed, deleteAll, closeContacts };
}

it('lists in Webex what is on our list, with its source and reason, deletes its scheduled callbacks and closes its contacts', async () => {
  const { deps, list, deleteAll, closeContacts } = setUp(new MemorySuppressions(entryOf()));

  const outcome = await propagateSuppression(deps, number);

  expect(outcome).toEqual({ state: 'listed', callbacksDeleted: 2, contactsClosed: 3 });
  expect(list.add).toHaveBeenCalledWith(number, { source: 'operator', reason: 'asked on the phone' });
  expect(deleteAll).toHaveBeenCalledWith(number);
  expect(closeContacts).toHaveBeenCalledWith(number);
});

it('takes off the list in Webex what is no longer on ours, and leaves scheduled callbacks and contacts alone', async () => {
  const { deps, listed, deleteAll, closeContacts } = setUp(new MemorySuppressions());
  listed.add(number);

  const outcome = await propagateSuppression(deps, number);

  expect(outcome).toEqual({ state: 'not-listed', callbacksDeleted: 0, contactsClosed: 0 });
  expect([...listed]).toEqual([]);
  expect(deleteAll).not.toHaveBeenCalled();
  expect(closeContacts).not.toHaveBeenCalled();
});

it('takes an addition back that a removal has overtaken', async () => {
  const suppressions = new MemorySuppressions(entryOf());
  const { deps, listed } = setUp(suppressions, () => suppressions.entries.delete(number));

  const outcome = await propagateSuppression(deps, number);

  expect(outcome.state).toBe('not-listed');
  expect([...listed]).toEqual([]);
});

it('gives up for now where our list changes each time', async () => {
  const suppressions = new MemorySuppressions(entryOf());
  const { deps } = setUp(suppressions, () => {
    if (!suppressions.entries.delete(number)) suppressions.entries.set(number, entryOf());
  });

  await expect(propagateSuppression(deps, number)).rejects.toBeInstanceOf(SuppressionUnsettledError);
});

it('fails where one list of several fails, so that the message comes again', async () => {
  const { deps, list } = setUp(new MemorySuppressions(entryOf()));
  const other = { add: vi.fn(async () => Promise.reject(new Error('Webex is down.'))), remove: vi.fn() };

  const propagated = propagateSuppression({ ...deps, webexLists: [list, other] }, number);

  await expect(propagated).rejects.toThrow('Webex is down.');
});

it('tries everything else where some of it fails, and tells all that failed', async () => {
  const { deps, list, deleteAll, closeContacts } = setUp(new MemorySuppressions(entryOf()));
  const other = { add: vi.fn(async () => Promise.reject(new Error('Webex is down.'))), remove: vi.fn() };
  deleteAll.mockRejectedValueOnce(new Error('A callback stays.'));

  const propagated = propagateSuppression({ ...deps, webexLists: [other, list] }, number);

  await expect(propagated).rejects.toThrow('Webex is down. A callback stays.');
  expect(list.add).toHaveBeenCalled();
  expect(deleteAll).toHaveBeenCalledWith(number);
  expect(closeContacts).toHaveBeenCalledWith(number);
});

it('has taken the number off every other list when one of several fails', async () => {
  const { deps, list, listed } = setUp(new MemorySuppressions());
  listed.add(number);
  list.remove.mockImplementationOnce(async (removed) => {
    await new Promise((resolve) => setImmediate(resolve));
    listed.delete(removed);
  });
  const other = { add: vi.fn(), remove: vi.fn(async () => Promise.reject(new Error('Webex is down.'))) };

  const propagated = propagateSuppression({ ...deps, webexLists: [other, list] }, number);

  await expect(propagated).rejects.toThrow('Webex is down.');
  expect([...listed]).toEqual([]);
});
