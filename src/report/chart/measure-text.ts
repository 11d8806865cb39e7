/** Widths in em of the widest of the usual sans-serif fonts (DejaVu Sans, Verdana), a little rounded up. */
const widths: readonly (readonly [RegExp, number])[] = [
  [/[ijl.,:;'|! ]/, 0.36],
  [/[frtI()[\]{}/-]/, 0.47],
  [/[mwMW%@…]/, 1],
  [/[A-Z+=<>~^#&]/, 0.86],
  [/[a-z0-9_$*?"]/, 0.65],
  [/[\u0080-\u024f]/, 0.85],
];
const widestEm = 1.1;
/** What XML cannot hold is written as `\u0000`. */
const unwritable = /[\p{Cc}\ud800-\udfff\ufffe\uffff]/u;
const unwritableEm = 4.4;

/** An upper bound of the width, in pixels: nobody can ask a font while rendering to text. */
export function measureText(text: string, fontSize: number): number {
  let em = 0;
  for (const character of text) {
    em += widthOf(character);
  }
  return em * fontSize;
}

function widthOf(character: string): number {
  if (unwritable.test(character)) return unwritableEm;
  return widths.find(([pattern]) => pattern.test(character))?.[1] ?? widestEm;
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function fitText(text: string, fontSize: number, room: number): string {
  if (measureText(text, fontSize) <= room) return text;
  const characters = [...text];
  while (characters.length > 0 && measureText(`${characters.join('')}…`, fontSize) > room) {
    characters.pop();
  }
  return characters.length === 0 ? '' : `${characters.join('').trimEnd()}…`;
}
