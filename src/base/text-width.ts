const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** One column each, whatever stands beside it: ASCII, and what bars are drawn with. */
const plain = /^[ -~·…✓✗\u2500-\u259f\u25ac]*$/;
const wide =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;
const invisible = /^[\p{Cc}\p{Cf}\p{Mn}\p{Me}]/u;

/** Columns a text takes on a terminal: two for East Asian wide characters and emoji. No escapes in it. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** At most so many columns of a text; what is cut off leaves an ellipsis, where there is room for one. */
export function cutToWidth(text: string, columns: number, ellipsis: string): string {
  if (textWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  const room = columns - textWidth(ellipsis);
  if (room < 0) return cutToWidth(ellipsis, columns, '');
  let width = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > room) break;
    kept += segment;
  }
  return kept + ellipsis;
}

/** Text of others on one line, without what would steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

function graphemeWidth(segment: string): number {
  if (wide.test(segment)) return 2;
  return invisible.test(segment) ? 0 : 1;
}
