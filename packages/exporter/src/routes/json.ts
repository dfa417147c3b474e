// JSON as the API writes it: whole numbers too big for a JSON number as decimal strings, maps as
// objects without a prototype's names.

export function json(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return part.toString();
    if (part instanceof Map) return Object.fromEntries(part);
    return part;
  });
}
