import { Aws, CfnOutput, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { createAlarms } from './alarms.ts'
import { createDashboard } from './dashboard.ts'
import { createAlarmKey } from './encryption.ts'
import type { Watched } from './watched.ts'

/** What operators look at, and what calls them: the dashboard, the alarms, and the topic that alarms go to. */
export class Operations extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id)
    const topic = new Topic(this, 'Alarms', {
      masterKey: createAlarmKey(this, 'AlarmKey', `${watched.serviceName}: alarm notifications`),
      enforceSSL: true,
    })
    letAlarmsPublish(topic)
    const { alarmEmail } = watched.configuration
    if (alarmEmail !== undefined) subscribe(topic, alarmEmail)
    createAlarms(this, topic, watched)
    createDashboard(this, watched)
    new CfnOutput(Stack.of(this), 'AlarmTopic', {
      value: topic.topicArn,
      description: 'Subscribe to it to receive alarms',
    })
  }
}

/**
 * A topic's own policy replaces the default one, which lets the account's services publish.
 * https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
 */
function letAlarmsPublish(topic: Topic): void {
  const { partition, region, account } = Stack.of(topic)
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
      },
    }),
  )
}

/**
 * Mails alarms that go into ALARM, and those that are OK again. A new stack's alarms all go from INSUFFICIENT_DATA to OK, which is not worth a mail.
 * https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
 */
function subscribe(topic: Topic, endpoint: string): void {
  new CfnSubscription(topic, 'Email', {
    topicArn: topic.topicArn,
    protocol: 'email',
    endpoint,
    filterPolicyScope: 'MessageBody',
    filterPolicy: { $or: [{ NewStateValue: ['ALARM'] }, { OldStateValue: ['ALARM'] }] },
  })
}
