import type { PageStrings } from './pages-en.ts';

export const pagesEs: PageStrings = {
  problem: 'Problema',
  chooseTimeNext: 'La hora se elige en la página siguiente.',
  statusTitle: 'Su llamada',
  statusWaiting: 'Le llamaremos en cuanto alguien esté libre.',
  statusLater: 'Le llamaremos a partir del {time} ({zone}).',
  statusCalling: 'Le estamos llamando ahora mismo.',
  statusConnected: 'Está hablando con nosotros.',
  statusUnanswered: 'Le hemos llamado y no le hemos encontrado.',
  statusCompleted: 'La llamada ha terminado.',
  statusEnded: 'No le llamaremos por esta solicitud. Póngase en contacto con nosotros de otra forma.',
  statusCancelled: 'La llamada está cancelada. No le llamaremos por esta solicitud.',
  statusMoving:
    'Hemos pedido a la centralita que mueva la llamada. Recargue esta página para ver cuándo está hecho; hasta entonces todavía puede llegar a la hora anterior.',
  statusExpired: 'No hemos podido llamarle a tiempo. Pida otra llamada.',
  statusRepeat:
    'Ya hay una solicitud para este número. Llamaremos una sola vez. Quien la pidió primero puede cambiarla.',
  topic: 'Tema',
  keepLink: 'Guarde la dirección de esta página: con ella puede ver, mover o cancelar la llamada.',
  refresh: 'Vuelva a cargar la página para ver las novedades.',
  move: 'Elegir otra hora',
  moveNow: 'Llámenme lo antes posible',
  moveSlot: 'Mover la llamada',
  moved: 'La llamada se ha movido.',
  cancelTitle: 'Cancelar la llamada',
  notFoundTitle: 'Aquí no hay nada',
  notFound: 'La dirección no está completa o la solicitud ya no se guarda.',
  ask: 'Pedir una llamada',
};
