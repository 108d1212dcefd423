import type { PageSettings } from '../../src/form/page-settings.ts';

declare global {
  interface Window {
    readonly ringback?: PageSettings;
  }
}

export const pageSettings = (): PageSettings => window.ringback ?? {};
