/**
 * A variable that the deployment must set.
 *
 * @throws Error that names it where it is not set.
 */
export function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`environment: expected ${name}`)
  return value
}
