import { open, rename } from 'node:fs/promises';

/** Replaces a file as a whole: after a crash it holds either the old text or the new one, never a part. */
export const writeFileAtomically = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  await rename(temporary, path);
};
