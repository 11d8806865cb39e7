/** Whether an address or host name means this machine itself, and so is out of others' reach. */
export function isLoopback(host: string): boolean {
  return /^(localhost|::1|(::ffff:)?127(\.\d{1,3}){3})$/i.test(host);
}
