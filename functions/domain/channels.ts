/** The channels that are counted each on their own. */
export const CHANNELS: ReadonlySet<string> = new Set(
  'sms mms rcs voice voice_sms email push whatsapp viber telegram messenger instagram line apple'.split(' '),
)
