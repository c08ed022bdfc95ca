import type { Provider } from '../domain/provider.ts'
import { africastalking } from './africastalking/provider.ts'
import { avaamo } from './avaamo/provider.ts'
import { awssms } from './awssms/provider.ts'
import { azure } from './azure/provider.ts'
import { bandwidth } from './bandwidth/provider.ts'
import { bird } from './bird/provider.ts'
import { brevo } from './brevo/provider.ts'
import { brevosms } from './brevosms/provider.ts'
import { bulksms } from './bulksms/provider.ts'
import { clickatell } from './clickatell/provider.ts'
import { cm } from './cm/provider.ts'
import { elks46 } from './elks46/provider.ts'
import { gatewayapi } from './gatewayapi/provider.ts'
import { infobip } from './infobip/provider.ts'
import { mailersend } from './mailersend/provider.ts'
import { mailgun } from './mailgun/provider.ts'
import { mailjet } from './mailjet/provider.ts'
import { mailtrap } from './mailtrap/provider.ts'
import { mandrill } from './mandrill/provider.ts'
import { messagebird } from './messagebird/provider.ts'
import { messente } from './messente/provider.ts'
import { nifteem } from './nifteem/provider.ts'
import { octopush } from './octopush/provider.ts'
import { ovh } from './ovh/provider.ts'
import { plivo } from './plivo/provider.ts'
import { postal } from './postal/provider.ts'
import { postmark } from './postmark/provider.ts'
import { resend } from './resend/provider.ts'
import { scaleway } from './scaleway/provider.ts'
import { sendgrid } from './sendgrid/provider.ts'
import { ses } from './ses/provider.ts'
import { sinch } from './sinch/provider.ts'
import { sinchconversation } from './sinchconversation/provider.ts'
import { sparkpost } from './sparkpost/provider.ts'
import { telesign } from './telesign/provider.ts'
import { telnyx } from './telnyx/provider.ts'
import { twilio } from './twilio/provider.ts'
import { vonage } from './vonage/provider.ts'
import { vonagesms } from './vonagesms/provider.ts'
import { whatsapp } from './whatsapp/provider.ts'

/** The catalogue: every provider that this system takes callbacks from. */
export const providers: readonly Provider[] = [
  africastalking,
  avaamo,
  awssms,
  azure,
  bandwidth,
  bird,
  brevo,
  brevosms,
  bulksms,
  clickatell,
  cm,
  elks46,
  gatewayapi,
  infobip,
  mailersend,
  mailgun,
  mailjet,
  mailtrap,
  mandrill,
  messagebird,
  messente,
  nifteem,
  octopush,
  ovh,
  plivo,
  postal,
  postmark,
  resend,
  scaleway,
  sendgrid,
  ses,
  sinch,
  sinchconversation,
  sparkpost,
  telesign,
  telnyx,
  twilio,
  vonage,
  vonagesms,
  whatsapp,
]
