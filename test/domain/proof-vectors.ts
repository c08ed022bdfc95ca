/** A JSON Web Token's vectors: https://github.com/messagebird/messagebird-nodejs/blob/main/lib/testdata/webhook-signature-jwt-reference.json */
export const JWT_SECRET = '36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb'

const HEAD = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'
const ROOT_CLAIMS =
  'eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ'
const OTHER_BODY =
  'eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIxNDUwMTUzMi05NmYyLTQ2ODQtOTgzMi02OGYwOTUxYWUzNDIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiJmYjYyZjAyYWNkYTdkNzQxNzdhNzAxYTFjZTAwNmU2YmFjZDkwYzdkNGQ3YWI0ODE2OTJjMWRhNDdjODEwNzZiIn0'

export const JWT_VECTORS = [
  [
    'no parameters, no body',
    'https://example.com/',
    '',
    'authentic',
    `${HEAD}.${ROOT_CLAIMS}.6Fp0rVOsRr1fj9S2GidXAfkmPVofKr8_RTffC6G6r2E`,
  ],
  [
    'parameters and a body',
    'https://example.com/path?bar=1&foo=2',
    'Hello, World!',
    'authentic',
    `${HEAD}.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI5M2U1NTAwNi1hMGU4LTQ1MjYtYTE5MC1mYTVmZjAwZWExMTYiLCJ1cmxfaGFzaCI6IjQxZjA1ZjBkZGQwYTIyYWIyMDlhYzQ2ZjQ3YzQ1NzJkOWNlZmEyNTdlZDc0YjI0MDA0YmFlNzUzZWNlNmMyNjAiLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzNhNTMxOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0._H--TOuYFLpeEH39-rg5E3IHVkjHozBcaKVWPRC5m9I`,
  ],
  [
    'a URL spelled with escapes',
    'https://example.com/?obj%5Bfield1%5D=val1&obj%5Bfield2%5D=val2&param=value+with+spaces',
    '',
    'authentic',
    `${HEAD}.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjhhZmYzNzQ4ZDc4OWM0MzMzNTczZTFjMzFmZTViMDA0OTQwY2I1ZmM0NzQ2MGVkM2QwZTY1NGY3ZmM0ZTVmYWUifQ.mJBCMfEjKmN3IMuzqPXPHktWETrcu0iNdF3agE8PDyI`,
  ],
  [
    'before it is valid',
    'https://example.com/',
    '',
    'stale',
    `${HEAD}.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ4MjgwMCwiZXhwIjoxNjI1NDgyODYwLCJqdGkiOiJmOWY4YzM4Mi0yNDQ5LTQzMTEtYjcyYi0xZGY3MTY4NzkzMWUiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.ZELgDFNGhjZH9CffQKcq3sytBe2I0KciLxpBhcfstHQ`,
  ],
  [
    'after it has expired',
    'https://example.com/',
    '',
    'stale',
    `${HEAD}.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3NTYwMCwiZXhwIjoxNjI1NDc1NjYwLCJqdGkiOiI1ZjAyZjUyMi02MDMwLTQ2YzgtYjVhMy0wMTI0NjQ3OGQ4YmMiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.45MSST3B_2PsjNUeiuW54_vUQgVw4rBXrdWrOUEz3lM`,
  ],
  [
    'parameters in another order',
    'https://example.com/path?foo=1&bar=2',
    '',
    'refused',
    `${HEAD}.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiJhNzVjOTA5Ni1lODIzLTQ0MmItODVmMi03ZDNjOWQ5YjcyNmIiLCJ1cmxfaGFzaCI6IjZhMDIyZDgzNGMxODMzMGJhYWQ4YTJiZDYxMzUxNzNlZDIxNjEwYTQ1NDUxNmJlMGRmM2YxY2MwMTUxNjEwZWEifQ.z6Sw1XQIM0wuEQGBhXBdawDIIrtMg2XnmA_bpDq53pE`,
  ],
  [
    'another body',
    'https://example.com/',
    'Hello, World!',
    'refused',
    `${HEAD}.${OTHER_BODY}.m79RCwO6dGa9pvzsQypkVuXQ6eM0CkRl6_U7MfWg6TM`,
  ],
  [
    'a body that was removed',
    'https://example.com/',
    '',
    'refused',
    `${HEAD}.${OTHER_BODY}.bHfsjj3tljfzTufoG3EU3p_yFrQh9CufyzRSaRMd4ss`,
  ],
  [
    'a body that was added',
    'https://example.com/',
    'Hello, World!',
    'refused',
    `${HEAD}.${ROOT_CLAIMS}.6Fp0rVOsRr1fj9S2GidXAfkmPVofKr8_RTffC6G6r2E`,
  ],
  [
    'another secret',
    'https://example.com/',
    '',
    'refused',
    `${HEAD}.${ROOT_CLAIMS}.JgSeYyOtlEKAXk8bz30iJI4tXgf4lxknoiezawuVhb4`,
  ],
] as const

/** What Scaleway's authority has issued, until December 2027, and with which it issues the certificates of signatures. */
export const SCALEWAY_ISSUER = `-----BEGIN CERTIFICATE-----
MIIDJDCCAgygAwIBAgIUd2nIy8FaDuca2xFkrlrZgkwYDaIwDQYJKoZIhvcNAQEL
BQAwHDEaMBgGA1UEAxMRU2NhbGV3YXkgTW5RIFJvb3QwHhcNMjQxMjA1MTUzNTM3
WhcNMjcxMjA1MTUzNjA3WjAXMRUwEwYDVQQDEwxTY2FsZXdheSBNblEwggEiMA0G
CSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDTroJNvqAuIMgky9rCN8Pocf8UVJN7
095J7poeE+6esiMPwooaoGIhuvEoQJNHRtYdYmRpbrcSFEO8hXCnstWhljGdSumv
NJLMXMa1qxNZPYckah1Pxmu8xkPe9iuoC0yyRPbsRVP6B2nzwO2kjF5rP7XnH7pW
qctIEHiuD1wdKu0TmwFmLV6aqgJ8aYEpLo5RYAk5KyNbW8D2b96D/buYLkjcTp9W
BsU+0/n/GvefG0UKekMykakm3jHP7vtXtO56cxFjUHRRc8HsQObER6dxzKOWRod1
caIkaIK1s7zGJn7c6I+su+Tro91Fk2rCPP4/CzgfDJTp+Nk643hnPW3ZAgMBAAGj
YzBhMA4GA1UdDwEB/wQEAwIBBjAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBTM
tf2g/osLntpPeojyIfWFDEEnSzAfBgNVHSMEGDAWgBRgwQ4oFQqI/P4rnfaP9mRu
Zh/htzANBgkqhkiG9w0BAQsFAAOCAQEAYwuUBAMMT7xZzJRlZ4eRwA5Eqql+GbTp
ePWdwx7Qa5WmRKaFj3nLCNxw6Ng6YWpusQF3M/1Ob8aB0DdRn/GZ8wdkMcO+cCsJ
rBmW7RTTS3Mg0Hh43Wh+7Hzcq5JxMM4gifnaBpOJ/Ksm+roflALkCb1tXX3FF300
LsHgbg6ejB3SjsIpHPye1PSdHTsJqbSrU25UrmZN29RU5qgaC6zd3REKLafmmL4n
Zser1MH2FsZ6QPEuYDSYEIFoywSFx5oeFvp/Y4ta/ipOCvB9G08NY8wIDyPElcoj
cxXjhLhctPUL61xVvym8M5aOlp7uyE0Gynxzh+AoSK5U7ZsuKuuOOw==
-----END CERTIFICATE-----`
