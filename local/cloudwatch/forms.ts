/**
 * The named fields below an element, of which CloudWatch sends the values with every call as `forms.all`: by its samples text,
 * choices and radio buttons; what a check box gives is not documented, here it is its value where it is checked.
 * https://github.com/aws-samples/cloudwatch-custom-widgets-samples (samples/debugger)
 */
export function formValues(places: readonly ParentNode[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const place of places) {
    for (const field of place.querySelectorAll<Field>('input[name], select[name], textarea[name]')) {
      const isUnchecked = /^(radio|checkbox)$/.test(field.type) && !(field as HTMLInputElement).checked
      if (!isUnchecked) values[field.name] = field.value
    }
  }
  return values
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement
