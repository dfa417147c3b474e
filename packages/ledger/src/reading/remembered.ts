// Emitters write the same few words again and again: what a pure function makes of them is kept.

/** Words that are kept; beyond it all are forgotten. */
const WORDS = 1024;
const WORD_CHARACTERS = 64;

/** The same function, which answers for a word that came before without reading it again. */
export function remembered<T>(read: (word: string) => T): (word: string) => T {
  const known = new Map<string, T>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const answer = read(word);
    if (word.length > WORD_CHARACTERS) return answer;
    if (known.size >= WORDS) known.clear();
    known.set(word, answer);
    return answer;
  };
}
