/** Texts of the pages without JavaScript that the element does not need, in English. */
export const pagesEn = {
  problem: 'Problem',
  chooseTimeNext: 'You choose the time on the next page.',
  statusTitle: 'Your call',
  statusWaiting: 'We will call you as soon as somebody is free.',
  statusLater: 'We will call you from {time} ({zone}).',
  statusCalling: 'We are calling you right now.',
  statusConnected: 'You are talking with us.',
  statusUnanswered: 'We called and did not reach you.',
  statusCompleted: 'The call is over.',
  statusEnded: 'We will not call you about this request. Please contact us in another way.',
  statusCancelled: 'The call is cancelled. We will not call you about this request.',
  statusMoving:
    'The phone system has been told to move the call. Reload this page to see when that is done; until then the call may still come at its earlier time.',
  statusExpired: 'We could not call you in time. Please ask for another call.',
  statusRepeat: 'There is a request for this number already. We will call once. Who asked first can change it.',
  topic: 'Topic',
  keepLink: 'Keep the address of this page: with it you can see, move or cancel the call.',
  refresh: 'Reload the page to see what is new.',
  move: 'Choose another time',
  moveNow: 'Call me as soon as possible',
  moveSlot: 'Move the call',
  moved: 'The call has been moved.',
  cancelTitle: 'Cancel the call',
  notFoundTitle: 'There is nothing here',
  notFound: 'The address is not complete, or the request is not kept any more.',
  ask: 'Ask for a call',
} as const;

export type PageStrings = Readonly<Record<keyof typeof pagesEn, string>>;
