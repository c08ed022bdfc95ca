import { clean } from './clean.ts'

/**
 * An answer as CloudWatch shows it: text is HTML, all else formatted JSON; markdown stays as it is written here.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
export function contentOf(answer: unknown): Node {
  if (typeof answer === 'string') return clean(answer)
  const pre = document.createElement('pre')
  const isMarkdown = answer !== null && typeof answer === 'object' && 'markdown' in answer
  pre.textContent = isMarkdown ? String(answer.markdown) : JSON.stringify(answer, null, 2)
  return pre
}

/** An error in the place of a content. */
export function failureOf(error: Error): Node {
  const box = document.createElement('div')
  box.className = 'failure'
  box.role = 'alert'
  const title = document.createElement('strong')
  title.textContent = 'Error loading widget'
  const message = document.createElement('span')
  message.textContent = error.message
  box.append(title, message)
  return box
}
