import type { SandboxInfo, SandboxPaginator as NativePaginator } from '../native.js'
import { traced } from './traced'

/** The pages of a list of sandboxes. No request is made before `nextItems`. */
export class SandboxPaginator {
  readonly #native: NativePaginator

  /** Made by `Sandbox.list`. */
  constructor(native: NativePaginator) {
    this.#native = native
  }

  /** Whether there is a further page. */
  get hasNext(): boolean {
    return this.#native.hasNext
  }

  /** Where the next page starts. */
  get nextToken(): string | undefined {
    return this.#native.nextToken ?? undefined
  }

  /**
   * The next page.
   *
   * @throws {Error} when there is none.
   */
  async nextItems(): Promise<SandboxInfo[]> {
    return traced(this.#native.nextItems())
  }
}
