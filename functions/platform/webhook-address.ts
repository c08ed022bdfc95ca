import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A name that stands, also, for an address that is not public. */
export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress'

  constructor() {
    super('expected a public address')
  }
}

/** Gives all addresses of a host name. */
export type Resolve = (
  hostname: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Whether an address is one of the public Internet. The ranges are those of ipaddr.js, which follows IANA's registries of special
 * addresses, with IPv4 inside of IPv6 (mapped, NAT64, 6to4, Teredo) among them; a list of our own would grow old. Of IPv6, IANA has given
 * out only 2000::/3: https://www.iana.org/assignments/ipv6-address-space
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL))
}

const GLOBAL = ipaddr.parseCIDR('2000::/3')

/**
 * The look-up of a socket that connects to public addresses only: it resolves the name once, checks every address, and the socket connects
 * to one of these. A name that resolves to something else a moment later has no say.
 */
export const publicLookup =
  (resolve: Resolve = lookup): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      const refusal = error ?? (addresses.every(({ address }) => isPublic(address)) ? null : new RefusedAddress())
      const [first] = addresses ?? []
      if (refusal !== null || first === undefined) callback(refusal ?? new RefusedAddress(), '')
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }

/** Whether a URL's host is an address that is not public: a socket looks up no address, so it is checked before. */
export function isPrivateHost({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return isIP(host) !== 0 && !isPublic(host)
}
