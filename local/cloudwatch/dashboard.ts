/**
 * The custom widgets of a CloudWatch dashboard body, in units of its grid of 24 columns.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html, and for the
 * properties, which are missing there: https://github.com/aws/aws-cdk/issues/17579
 */
export interface Dashboard {
  widgets: CustomWidget[]
}

/** A widget whose content is what a Lambda function answers. */
export interface CustomWidget {
  type: 'custom'
  x: number
  y: number
  width: number
  height: number
  properties: {
    /** The ARN of the Lambda function. */
    endpoint: string
    title: string
    /** Passed to the function as members of its event. */
    params?: Record<string, unknown>
    /** When the function is asked again; each is true by default. */
    updateOn?: { refresh?: boolean; resize?: boolean; timeRange?: boolean }
  }
}
