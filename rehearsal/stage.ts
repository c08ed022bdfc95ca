import { readFileSync } from 'node:fs'

/** The stage of cdk.json that is rehearsed. */
export const STAGE = 'rehearsal'

/** The stages of cdk.json. */
export const { stages } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')).context
