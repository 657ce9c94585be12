import type { SandboxLifecycle } from '../native.js'
import { wrong } from './check'

const ACTIONS: readonly string[] = ['pause', 'kill']

/**
 * Checks the object that says in detail what happens when a sandbox's time is over. The rest of a
 * lifecycle is the core's to check.
 *
 * @throws {InvalidArgumentError} with the texts that people know.
 */
export function checkLifecycle({ onTimeout }: SandboxLifecycle = {}): void {
  if (typeof onTimeout !== 'object') return
  const { action, keepMemory }: { action: string; keepMemory?: boolean } = onTimeout
  if (!ACTIONS.includes(action)) {
    const shown = JSON.stringify(action)
    throw wrong(`onTimeout.action must be one of: ${ACTIONS.join(', ')} (got ${shown}).`)
  }
  if (action !== 'pause' && keepMemory !== undefined) {
    throw wrong("onTimeout.keepMemory is only allowed when action is 'pause'.")
  }
}
