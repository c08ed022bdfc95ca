/** Calls the function that an endpoint's last segment names, and gives what it returned; throws the error that Lambda returned. */
export async function call(endpoint: string, event: object): Promise<unknown> {
  const response = await fetch(`/console/${encodeURIComponent(endpoint.split(':').at(-1) ?? '')}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  if (response.headers.has('x-amz-function-error')) throw new Error(`${answer.errorType}: ${answer.errorMessage}`)
  return answer
}
