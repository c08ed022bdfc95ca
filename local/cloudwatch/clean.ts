import DOMPurify from 'dompurify'

/**
 * What may be shown of a function's HTML. CloudWatch removes JavaScript, `iframe` and `use`, and documents no more; this is
 * DOMPurify's list with `cwdb-action`. It also removes names of fields that a document or form has as its own (`title`, `id`),
 * and every attribute with `-->`, `]>` or `</title` in it: a confirmation, too, so that its action would ask no more.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_security.html
 */
export const clean = (html: string): DocumentFragment =>
  DOMPurify.sanitize(html, {
    RETURN_DOM_FRAGMENT: true,
    // A <style> that comes first would else be taken for the head's.
    FORCE_BODY: true,
    ADD_ATTR: ['target'],
    CUSTOM_ELEMENT_HANDLING: {
      tagNameCheck: /^cwdb-action$/,
      attributeNameCheck: /^(action|confirmation|display|endpoint|event)$/,
      allowCustomizedBuiltInElements: false,
    },
  })
