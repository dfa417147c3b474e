// What an organisation may be called: in keys, in what a forwarder says, in price files and in SQL.

const ORGANISATION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Letters, digits and . _ -, at most 64, not beginning with a sign. */
export function isOrganisation(name: string): boolean {
  return ORGANISATION.test(name);
}
