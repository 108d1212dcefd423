import type { PageStrings } from './pages-en.ts';

export const pagesFr: PageStrings = {
  problem: 'Problème',
  chooseTimeNext: 'L’heure se choisit à la page suivante.',
  statusTitle: 'Votre appel',
  statusWaiting: 'Nous vous appellerons dès que quelqu’un sera libre.',
  statusLater: 'Nous vous appellerons à partir du {time} ({zone}).',
  statusCalling: 'Nous vous appelons en ce moment.',
  statusConnected: 'Vous êtes en ligne avec nous.',
  statusUnanswered: 'Nous avons appelé sans vous joindre.',
  statusCompleted: 'L’appel est terminé.',
  statusEnded: 'Nous ne vous appellerons pas pour cette demande. Contactez-nous d’une autre façon.',
  statusCancelled: 'L’appel est annulé. Nous ne vous appellerons pas pour cette demande.',
  statusMoving:
    'Le système téléphonique a reçu l’ordre de déplacer l’appel. Rechargez cette page pour voir quand c’est fait ; d’ici là, il peut encore arriver à l’heure prévue.',
  statusExpired: 'Nous n’avons pas pu vous appeler à temps. Demandez un autre appel.',
  statusRepeat:
    'Il y a déjà une demande pour ce numéro. Nous n’appellerons qu’une fois. La première personne peut la modifier.',
  topic: 'Sujet',
  keepLink: 'Gardez l’adresse de cette page : elle permet de voir, de déplacer ou d’annuler l’appel.',
  refresh: 'Rechargez la page pour voir ce qui est nouveau.',
  move: 'Choisir une autre heure',
  moveNow: 'Appelez-moi dès que possible',
  moveSlot: 'Déplacer l’appel',
  moved: 'L’appel a été déplacé.',
  cancelTitle: 'Annuler l’appel',
  notFoundTitle: 'Il n’y a rien ici',
  notFound: 'L’adresse n’est pas complète, ou la demande n’est plus conservée.',
  ask: 'Demander un appel',
};
