import type { CloudSettings } from '../run/cloud-facts.ts';
import type { Plan } from '../scenario/plan.ts';
import { renderPreview } from './dry-run-text.ts';
import type { Io } from './io.ts';
import { paint } from './paint.ts';

/** Tells on stdout what a run would take. Opens no socket and makes no file. */
export async function dryRun(
  plan: Plan,
  settings: CloudSettings,
  { isJson }: { readonly isJson: boolean },
  io: Io,
): Promise<void> {
  const { previewRun } = await import('../run/preview.ts');
  const preview = await previewRun(plan, settings);
  if (isJson) {
    io.stdout(`${JSON.stringify({ type: 'dry-run', ...preview })}\n`);
    return;
  }
  const lines = renderPreview(preview, {
    columns: Math.max(20, Math.min(io.outputColumns, 120)),
    isUnicode: io.isUnicode,
    style: (tone, text) => (io.outputHasColor ? paint(tone, text) : text),
  });
  io.stdout(`${lines.join('\n')}\n`);
}
