import { RingbackForm } from './ringback-form.ts';

// A page that loads the script twice has one element all the same.
if (!customElements.get('ringback-form')) customElements.define('ringback-form', RingbackForm);

export { RingbackForm };
