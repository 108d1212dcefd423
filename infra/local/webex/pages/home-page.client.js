// Rows are kept and only their changing cells rewritten, so that an opened detail stays open.
const ROWS_MAX = 100;
const PAUSE_MS = 1000;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const summary = document.getElementById('summary');

const cell = (row, text, className = '') => {
  const td = row.insertCell();
  td.textContent = text;
  td.className = className;
  return td;
};

const details = (row, label, value) => {
  const td = row.insertCell();
  td.className = 'wrap';
  const box = document.createElement('details');
  const title = document.createElement('summary');
  const text = document.createElement('pre');
  title.textContent = label;
  text.textContent = JSON.stringify(value, undefined, 2);
  box.append(title, text);
  td.append(box);
};

const taskStatus = (task) => (task.status === 'ended' ? `ended, ${task.outcome}` : task.status);
const answer = (request) => (request.status === null ? 'none' : String(request.status));

const listState = ({ status, accepted, counted, invalid, closed }) =>
  `${status}: ${accepted} taken, ${counted} counted, ${invalid} INVALID, ${closed} closed`;

const views = [
  {
    path: '/_tasks',
    body: document.getElementById('tasks'),
    state: taskStatus,
    stateCell: 5,
    fill(row, task) {
      cell(row, task.number);
      cell(row, task.outboundType);
      cell(row, task.entryPointId);
      cell(row, taskStatus(task));
      details(row, task.id, { attributes: task.attributes, origin: task.origin, bearerToken: task.bearerToken });
    },
    time: (task) => task.createdAtMs,
  },
  {
    path: '/_contact-lists',
    body: document.getElementById('lists'),
    state: listState,
    stateCell: 3,
    fill(row, list) {
      cell(row, list.campaignId);
      cell(row, listState(list));
      const times = [list.activateAtMs, list.expiresAtMs].map((ms) => new Date(ms).toISOString());
      details(row, `list ${list.id}`, { channels: list.channels, active: times[0], expires: times[1] });
    },
    time: (list) => list.createdAtMs,
  },
  {
    path: '/_requests',
    body: document.getElementById('requests'),
    state: answer,
    stateCell: 4,
    fill(row, request) {
      cell(row, request.operation ?? 'unknown');
      cell(row, `${request.method} ${request.path}`);
      cell(row, answer(request), request.status === null || request.status >= 400 ? 'bad' : '');
      cell(row, request.fault ?? '');
      details(row, request.trackingId, { query: request.query, body: request.body });
    },
    time: (request) => request.receivedAtMs,
  },
];

async function refresh(view) {
  const response = await fetch(`${view.path}?tail=${ROWS_MAX}`);
  if (!response.ok) throw new Error(`${view.path} answered ${response.status}`);
  const entries = await response.json();
  const kept = new Set(entries.map((entry) => String(entry.index)));
  const gone = Array.from(view.body.rows).filter((row) => !kept.has(row.dataset.index));
  for (const row of gone) row.remove();
  const rows = new Map([...view.body.rows].map((row) => [row.dataset.index, row]));
  for (const entry of entries) {
    const known = rows.get(String(entry.index));
    if (known) {
      known.cells[view.stateCell].textContent = view.state(entry);
      continue;
    }
    const row = view.body.insertRow(0);
    row.dataset.index = String(entry.index);
    cell(row, String(entry.index));
    cell(row, clock.format(view.time(entry)));
    view.fill(row, entry);
  }
  return entries.length;
}

async function refreshAll() {
  try {
    const [tasks, lists, requests] = await Promise.all(views.map(refresh));
    const text = `${tasks === ROWS_MAX ? 'At least ' : ''}${tasks} tasks, ${lists} contact lists and ${requests === ROWS_MAX ? 'at least ' : ''}${requests} requests.`;
    if (summary.textContent !== text) summary.textContent = text;
  } catch (error) {
    summary.textContent = `The simulator does not answer (${error.message}). Trying again.`;
  }
}

for (;;) {
  if (!document.hidden) await refreshAll();
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
