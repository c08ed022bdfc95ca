import { CfnOutput, Stack } from 'aws-cdk-lib'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { createAlarms, type Watched } from './alarms.ts'
import { createDashboard } from './dashboard.ts'
import { createKey } from './encryption.ts'

/** What operators look at, and what calls them: the dashboard, the alarms, and the topic that alarms go to. */
export class Operations extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id)
    // CloudWatch cannot publish to a topic that AWS's own key encrypts.
    const topic = new Topic(this, 'Alarms', {
      masterKey: createKey(this, 'AlarmKey', `${watched.serviceName}: alarm notifications`, true),
      enforceSSL: true,
    })
    const { alarmEmail } = watched.configuration
    if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail))
    createAlarms(this, topic, watched)
    createDashboard(this, watched)
    new CfnOutput(Stack.of(this), 'AlarmTopic', {
      value: topic.topicArn,
      description: 'Subscribe to it to hear of alarms',
    })
  }
}
