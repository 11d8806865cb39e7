/** Whether a figure's name fits: `*` stands for one segment, a last `**` for all that follow. */
export function fitsPattern(name: string, pattern: string): boolean {
  const segments = name.split('.');
  const parts = pattern.split('.');
  const isOpen = parts.at(-1) === '**';
  const fixed = isOpen ? parts.slice(0, -1) : parts;
  return (
    (isOpen ? segments.length > fixed.length : segments.length === fixed.length) &&
    fixed.every((part, index) => part === '*' || part === segments[index])
  );
}
