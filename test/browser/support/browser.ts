import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Of the flags meant for Lambda, those that would let a page do what no visitor's browser does, or that end a process early. */
const unwantedArgs = /^--(disable-web-security|allow-running-insecure-content|single-process|no-zygote|headless)/;

/** A real headless Chromium that comes with npm alone. */
export async function launchBrowser(): Promise<Browser> {
  const args = chromium.args.filter((arg) => !unwantedArgs.test(arg));
  return playwright.launch({ args, executablePath: await chromium.executablePath(), headless: true });
}
