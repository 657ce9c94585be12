/** The name of the method that an `await using` block calls. Node has none before 20.4. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol('Symbol.asyncDispose')
