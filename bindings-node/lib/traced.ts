/**
 * Waits for a native call. Its error was made where there is no JavaScript to point at, so it gets
 * the stack of the code that waits.
 */
export async function traced<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call
  } catch (error) {
    if (error instanceof Error) Error.captureStackTrace(error, traced)
    throw error
  }
}
