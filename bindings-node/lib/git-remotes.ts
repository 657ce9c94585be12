import type {
  CommandResult,
  Git,
  GitAuthenticateOptions,
  GitCloneOptions,
  GitConfigOptions,
  GitOptions,
  GitPullOptions,
  GitPushOptions,
  GitRemoteAddOptions,
} from '../native.js'
import { check } from './check'
import { checkGit } from './git-options'
import { traced } from './traced'

/** How to clone a repository. */
export type GitCloneOpts = GitCloneOptions & GitOptions

/** How to add a remote. */
export type GitRemoteAddOpts = GitRemoteAddOptions & GitOptions

/** What to push, and where to. */
export type GitPushOpts = GitPushOptions & GitOptions

/** What to pull, and where from. */
export type GitPullOpts = GitPullOptions & GitOptions

/** Which configuration is meant. */
export type GitConfigOpts = GitConfigOptions & GitOptions

/** Whose configuration is meant. */
export type GitConfigScope = NonNullable<GitConfigOptions['scope']>

/** Which credentials to store, and what they are for. */
export type GitDangerouslyAuthenticateOpts = GitAuthenticateOptions &
  GitOptions & {
    /** The user name. */
    username: string
    /** The password or token. */
    password: string
  }

/** What concerns other repositories, and the configuration. */
export abstract class GitRemotes {
  readonly #native: Git

  constructor(native: Git) {
    this.#native = native
  }

  /**
   * Clones a repository. Credentials, be they given as options or in the URL, stay nowhere in the
   * sandbox unless that is asked for.
   *
   * @throws {GitAuthError} when the remote wants other credentials.
   */
  async clone(url: string, opts: GitCloneOpts = {}): Promise<CommandResult> {
    check('url', url, 'text')
    checkGit(opts)
    return traced(this.#native.clone(url, opts, opts))
  }

  /** Adds a remote. */
  async remoteAdd(
    path: string,
    name: string,
    url: string,
    opts: GitRemoteAddOpts = {},
  ): Promise<CommandResult> {
    check('path', path, 'text')
    check('name', name, 'text')
    check('url', url, 'text')
    checkGit(opts)
    return traced(this.#native.remoteAdd(path, name, url, opts, opts))
  }

  /** The URL of a remote; undefined when there is no such remote. */
  async remoteGet(
    path: string,
    name: string,
    opts: GitOptions = {},
  ): Promise<string | undefined> {
    check('path', path, 'text')
    check('name', name, 'text')
    checkGit(opts)
    return (await traced(this.#native.remoteGet(path, name, opts))) ?? undefined
  }

  /**
   * Pushes commits to a remote.
   *
   * @throws {GitAuthError} when the remote wants other credentials.
   * @throws {GitUpstreamError} when neither a remote nor an upstream branch is known.
   */
  async push(path: string, opts: GitPushOpts = {}): Promise<CommandResult> {
    check('path', path, 'text')
    checkGit(opts)
    return traced(this.#native.push(path, opts, opts))
  }

  /**
   * Pulls commits from a remote.
   *
   * @throws {GitAuthError} when the remote wants other credentials.
   * @throws {GitUpstreamError} when neither a remote nor an upstream branch is known.
   */
  async pull(path: string, opts: GitPullOpts = {}): Promise<CommandResult> {
    check('path', path, 'text')
    checkGit(opts)
    return traced(this.#native.pull(path, opts, opts))
  }

  /**
   * Sets a value of the configuration.
   *
   * @throws {InvalidArgumentError} when there is no such scope, and for `local` without a path.
   */
  async setConfig(key: string, value: string, opts: GitConfigOpts = {}): Promise<CommandResult> {
    check('key', key, 'text')
    check('value', value, 'text')
    checkGit(opts)
    return traced(this.#native.setConfig(key, value, opts, opts))
  }

  /** A value of the configuration; undefined when it is not set. */
  async getConfig(key: string, opts: GitConfigOpts = {}): Promise<string | undefined> {
    check('key', key, 'text')
    checkGit(opts)
    return (await traced(this.#native.getConfig(key, opts, opts))) ?? undefined
  }

  /**
   * Stores credentials for all that Git does in the sandbox from now on. Whatever runs there can
   * read them: where possible, give credentials to one operation instead, or short-lived ones.
   */
  async dangerouslyAuthenticate(opts: GitDangerouslyAuthenticateOpts): Promise<CommandResult> {
    checkGit(opts)
    const { username = '', password = '' } = opts
    return traced(this.#native.dangerouslyAuthenticate(username, password, opts, opts))
  }

  /** Sets the name and the address of the author of commits. */
  async configureUser(
    name: string,
    email: string,
    opts: GitConfigOpts = {},
  ): Promise<CommandResult> {
    check('name', name, 'text')
    check('email', email, 'text')
    checkGit(opts)
    return traced(this.#native.configureUser(name, email, opts, opts))
  }
}
