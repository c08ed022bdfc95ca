import { element } from './element.ts'

const confirmation = element<HTMLDialogElement>('#confirmation')
const popup = element<HTMLDialogElement>('#popup')
const content = element('#popup-content')

for (const dialog of [confirmation, popup]) {
  for (const button of dialog.querySelectorAll<HTMLButtonElement>('button[data-closes]')) {
    button.addEventListener('click', () => dialog.close(button.value))
  }
}

/** Asks for a confirmation, and gives whether it came. */
export function confirmed(message: string): Promise<boolean> {
  element('#confirmation-message').textContent = message
  confirmation.returnValue = ''
  confirmation.showModal()
  return new Promise((resolve) => {
    confirmation.addEventListener('close', () => resolve(confirmation.returnValue === 'ok'), { once: true })
  })
}

let opener: HTMLElement | undefined

// The browser's way back closes the pop-up: while it is open, the page has an entry of its own for it.
addEventListener('popstate', () => {
  if (confirmation.open) confirmation.close()
  popup.close()
})
popup.addEventListener('close', () => {
  if (isPopup(history.state)) history.back()
})

const isPopup = (state: { popup?: true } | null): boolean => state?.popup === true

/** Opens an empty pop-up of a widget. */
export function openPopup(widget: HTMLElement, title: string): void {
  opener = widget
  element('#popup-title').textContent = title
  content.replaceChildren()
  if (popup.open) return
  popup.showModal()
  history.pushState({ popup: true }, '')
}

/** The content of the pop-up, while it is open and the widget's. */
export const popupOf = (widget: HTMLElement): HTMLElement | undefined =>
  popup.open && opener === widget ? content : undefined

/** Closes the pop-up where one is open; when it is done, the page's address is its own again. */
export async function closePopup(): Promise<void> {
  if (!popup.open) return
  const left = new Promise((resolve) => addEventListener('popstate', resolve, { once: true }))
  popup.close()
  await left
}
