/** A hosted service that takes webhooks, keeps and delivers them; what it delivers to is not in its price. */
export interface Gateway {
  name: string
  /** Dollars for a million events beyond those of the plan; null where no price was found. */
  million: number | null
  /** Dollars a month of the smallest paid plan. */
  plan: number
  page: string
  /** What the page says. */
  says: string
}

/**
 * Public list prices as https://github.com/api-evangelist copied them from each page on 20 September 2026
 * (`<name>/plans/<name>-plans-pricing.yml`).
 */
export const GATEWAYS: readonly Gateway[] = [
  {
    name: 'Hookdeck',
    million: 10,
    plan: 39,
    page: 'https://hookdeck.com/pricing',
    says: 'Team starts at $39 with 10,000 events and 5 a second; $1.00 per additional 100k, as low as $0.33',
  },
  {
    name: 'Svix',
    million: 100,
    plan: 490,
    page: 'https://www.svix.com/pricing/',
    says: 'Professional from $490 with 50,000 messages; $0.0001 per msg',
  },
  {
    name: 'Convoy',
    million: null,
    plan: 999,
    page: 'https://www.getconvoy.io/pricing',
    says: 'Premium, self-hosted, $999 with unlimited events; of its cloud no price was found',
  },
]
