import { X509Certificate } from 'node:crypto'

/** The certificates in a PEM text, in their order. Throws where one of them is none. */
export const readCertificates = (pem: string): X509Certificate[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
    ([text]) => new X509Certificate(text),
  )

/** More certificates than this between one and its authority are no chain. */
const MAX_BETWEEN = 3

/**
 * Whether a certificate goes back to an authority, directly or by way of the others, all of them valid at that time, in
 * milliseconds since 1970.
 */
export function isIssuedBy(
  certificate: X509Certificate,
  authority: X509Certificate,
  others: readonly X509Certificate[],
  time: number,
  between = MAX_BETWEEN,
): boolean {
  const isFrom = (issuer: X509Certificate) =>
    issuer.ca && isValid(issuer, time) && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
  if (!isValid(certificate, time)) return false
  if (isFrom(authority)) return true
  return between > 0 && others.some((other) => isFrom(other) && isIssuedBy(other, authority, others, time, between - 1))
}

const isValid = ({ validFromDate, validToDate }: X509Certificate, time: number): boolean =>
  validFromDate.getTime() <= time && time <= validToDate.getTime()
