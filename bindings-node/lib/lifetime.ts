import type { Lifetime as NativeLifetime, LifetimeFields, SandboxActivity } from '../native.js'

const inspected = Symbol.for('nodejs.util.inspect.custom')

/** What ends a sandbox, and when. It is printed as one line for people. */
export class SandboxLifetime implements LifetimeFields {
  /** The sandbox's id. */
  declare readonly sandboxId: string
  /** Whether it runs: `running` or `paused`, or a state that only this service has. */
  declare readonly state: LifetimeFields['state']
  /**
   * When it ends if nobody does anything: the earlier of its deadline and the idle deadline; absent
   * while it is paused.
   */
  declare readonly endsAt?: Date
  /** Its own deadline, whether it is idle or not; absent while it is paused. */
  declare readonly deadline?: Date
  /**
   * The latest that the deadline can be moved to, where the service tells it; absent while it is
   * paused.
   */
  declare readonly latestDeadline?: Date
  /**
   * The longest that it may live without being paused, in milliseconds, where the service tells it.
   */
  declare readonly capMs?: number
  /** How long it may be idle, in milliseconds; absent without limit. */
  declare readonly idleTimeoutMs?: number
  /**
   * When it has been idle for too long; absent while something is connected to it, while it is
   * paused, and without an idle timeout.
   */
  declare readonly idleDeadline?: Date
  /** Whether a process that nobody is attached to keeps it from being idle. */
  declare readonly idleCountsProcesses: boolean
  /**
   * What it was used for last, where that is known: to the service for all uses, to a lease for
   * those by the handle.
   */
  declare readonly lastActivity?: SandboxActivity
  /** What happens when its time is over. */
  declare readonly onTimeout: LifetimeFields['onTimeout']
  /** Whether traffic resumes it once it is paused. */
  declare readonly autoResume: boolean
  /**
   * Who sees to the idle timeout: the service, or a lease, which is its creator's process extending
   * a short timeout of the service. The deadline is always the service's to keep.
   */
  declare readonly enforcedBy: LifetimeFields['enforcedBy']
  /** The provider's rule in words. */
  declare readonly rule: string
  readonly #native: NativeLifetime

  /** Made by `getLifetime`. */
  constructor(native: NativeLifetime) {
    Object.assign(this, native.fields)
    this.#native = native
  }

  /** One line for people, such as `… is running; it is killed at 12:05:00 UTC, in 4 min; …`. */
  toString(): string {
    return this.#native.describe()
  }

  /** The same line, where Node prints it. */
  [inspected](): string {
    return this.toString()
  }
}
