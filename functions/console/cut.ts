/** A text in so many characters at most: a provider's may have hundreds of thousands, an answer of Lambda six million. */
export const cut = (text: string, room: number): string =>
  text.length > room ? `${text.slice(0, Math.max(1, room - 1))}…` : text
