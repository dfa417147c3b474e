// What tells of a person: e-mail addresses, and card numbers whose check digit is right.

/** Characters of an address before its @, at most. */
const LOCAL_LIMIT_CHARS = 64;
const AT = /@|%40/g;
const LOCAL_END = /[\s@"'<>()[\]{},;:\\|]/;
const DOMAIN = /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.[\p{L}-]{2,63}/uy;

/** A part of a text. */
export type Place = readonly [from: number, to: number];

/** Where the e-mail addresses of a text are. */
export function findEmails(text: string): Place[] {
  if (!text.includes('@') && !text.includes('%40')) return [];
  const found: Place[] = [];
  for (const { index, 0: at } of text.matchAll(AT)) {
    let from = index;
    const first = Math.max(0, index - LOCAL_LIMIT_CHARS);
    while (from > first && !LOCAL_END.test(text.charAt(from - 1))) from -= 1;
    DOMAIN.lastIndex = index + at.length;
    if (from < index && DOMAIN.test(text)) found.push([from, DOMAIN.lastIndex]);
  }
  return found;
}

/** Digits in groups, as they are written by hand. */
const DIGITS = /\d(?:[ \u00a0-]?\d){12,}/g;
/** In JSON text, the digits of an escaped letter are none of a number that follows. */
const ESCAPE = /\\u[0-9a-f]{4}/gi;
const CARD_DIGITS = { least: 13, most: 19 };

/** Where the card numbers of a text are: whole groups of digits whose sum by Luhn is right. */
export function findCards(text: string): Place[] {
  const found: Place[] = [];
  const plain = text.includes('\\u') ? text.replace(ESCAPE, '######') : text;
  for (const { index, 0: run } of plain.matchAll(DIGITS)) {
    const groups = [...run.matchAll(/\d+/g)];
    groups.forEach(({ index: start }, first) => {
      let digits = '';
      for (let last = first; last < groups.length && digits.length < CARD_DIGITS.most; last += 1) {
        const group = groups[last] as RegExpExecArray;
        digits += group[0];
        const end = group.index + group[0].length;
        if (isCard(digits)) found.push([index + start, index + end]);
      }
    });
  }
  return found;
}

/** Every issuer's numbers begin with 2 to 6. */
function isCard(digits: string): boolean {
  if (digits.length < CARD_DIGITS.least || digits.length > CARD_DIGITS.most) return false;
  if (digits < '2' || digits >= '7') return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    sum += place % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}
