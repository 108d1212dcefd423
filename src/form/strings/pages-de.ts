import type { PageStrings } from './pages-en.ts';

export const pagesDe: PageStrings = {
  problem: 'Problem',
  chooseTimeNext: 'Die Uhrzeit wählen Sie auf der nächsten Seite.',
  statusTitle: 'Ihr Anruf',
  statusWaiting: 'Wir rufen Sie an, sobald jemand frei ist.',
  statusLater: 'Wir rufen Sie an, frühestens {time} ({zone}).',
  statusCalling: 'Wir rufen Sie gerade an.',
  statusConnected: 'Sie sprechen gerade mit uns.',
  statusUnanswered: 'Wir haben angerufen und Sie nicht erreicht.',
  statusCompleted: 'Der Anruf ist vorbei.',
  statusEnded: 'Zu dieser Anfrage rufen wir Sie nicht an. Bitte wenden Sie sich auf anderem Weg an uns.',
  statusCancelled: 'Der Anruf ist abgesagt. Zu dieser Anfrage rufen wir Sie nicht an.',
  statusMoving:
    'Die Telefonanlage ist beauftragt, den Anruf zu verschieben. Laden Sie diese Seite neu, um zu sehen, wann das geschehen ist; bis dahin kann er noch zur früheren Zeit kommen.',
  statusExpired: 'Wir konnten Sie nicht rechtzeitig anrufen. Bitte fragen Sie noch einmal an.',
  statusRepeat:
    'Für diese Nummer gibt es schon eine Anfrage. Wir rufen nur einmal an. Ändern kann sie, wer zuerst gefragt hat.',
  topic: 'Thema',
  keepLink: 'Heben Sie die Adresse dieser Seite auf: Damit können Sie den Anruf ansehen, verschieben oder absagen.',
  refresh: 'Laden Sie die Seite neu, um Neues zu sehen.',
  move: 'Andere Zeit wählen',
  moveNow: 'So bald wie möglich anrufen',
  moveSlot: 'Anruf verschieben',
  moved: 'Der Anruf ist verschoben.',
  cancelTitle: 'Anruf absagen',
  notFoundTitle: 'Hier ist nichts',
  notFound: 'Die Adresse ist nicht vollständig, oder die Anfrage wird nicht mehr aufbewahrt.',
  ask: 'Um einen Anruf bitten',
};
