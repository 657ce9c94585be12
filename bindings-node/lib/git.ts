import type {
  CommandResult,
  Git as NativeGit,
  GitAddOptions,
  GitBranches,
  GitCommitOptions,
  GitInitOptions,
  GitOptions,
  GitResetOptions,
  GitRestoreOptions,
  GitStatus,
} from '../native.js'
import { check } from './check'
import { checkGit } from './git-options'
import { GitRemotes } from './git-remotes'
import { traced } from './traced'

/** How to run the commands of Git. */
export type GitRequestOpts = GitOptions

/** How to make a repository. */
export type GitInitOpts = GitInitOptions & GitOptions

/** What to stage. */
export type GitAddOpts = GitAddOptions & GitOptions

/** How to commit. */
export type GitCommitOpts = GitCommitOptions & GitOptions

/** What to reset. */
export type GitResetOpts = GitResetOptions & GitOptions

/** How a reset goes about it. */
export type GitResetMode = NonNullable<GitResetOptions['mode']>

/** What to restore. */
export type GitRestoreOpts = GitRestoreOptions & GitOptions

/** How to delete a branch. */
export interface GitDeleteBranchOpts extends GitOptions {
  /** Whether it need not be merged. Default: false. */
  force?: boolean
}

/**
 * The repositories in a sandbox, by the program `git` in it.
 *
 * Where a command of Git fails, that is a `CommandExitError`, or one that tells more.
 */
export class Git extends GitRemotes {
  readonly #native: NativeGit

  /** Made with its sandbox. */
  constructor(native: NativeGit) {
    super(native)
    this.#native = native
  }

  /** Makes a repository. */
  async init(path: string, opts: GitInitOpts = {}): Promise<CommandResult> {
    check('path', path, 'text')
    checkGit(opts)
    return traced(this.#native.init(path, opts, opts))
  }

  /** What `git status` says. */
  async status(path: string, opts: GitRequestOpts = {}): Promise<GitStatus> {
    check('path', path, 'text')
    checkGit(opts)
    return traced(this.#native.status(path, opts))
  }

  /** The branches of a repository. */
  async branches(path: string, opts: GitRequestOpts = {}): Promise<GitBranches> {
    check('path', path, 'text')
    checkGit(opts)
    return traced(this.#native.branches(path, opts))
  }

  /** Makes a branch and checks it out. */
  async createBranch(
    path: string,
    branch: string,
    opts: GitRequestOpts = {},
  ): Promise<CommandResult> {
    check('path', path, 'text')
    check('branch', branch, 'text')
    checkGit(opts)
    return traced(this.#native.createBranch(path, branch, opts))
  }

  /** Checks out a branch. */
  async checkoutBranch(
    path: string,
    branch: string,
    opts: GitRequestOpts = {},
  ): Promise<CommandResult> {
    check('path', path, 'text')
    check('branch', branch, 'text')
    checkGit(opts)
    return traced(this.#native.checkoutBranch(path, branch, opts))
  }

  /** Deletes a branch, which with `force` need not be merged. */
  async deleteBranch(
    path: string,
    branch: string,
    opts: GitDeleteBranchOpts = {},
  ): Promise<CommandResult> {
    check('path', path, 'text')
    check('branch', branch, 'text')
    checkGit(opts)
    return traced(this.#native.deleteBranch(path, branch, opts.force, opts))
  }

  /** Stages changes. */
  async add(path: string, opts: GitAddOpts = {}): Promise<CommandResult> {
    check('path', path, 'text')
    checkGit(opts)
    return traced(this.#native.add(path, opts, opts))
  }

  /** Commits what is staged. */
  async commit(path: string, message: string, opts: GitCommitOpts = {}): Promise<CommandResult> {
    check('path', path, 'text')
    check('message', message, 'text')
    checkGit(opts)
    return traced(this.#native.commit(path, message, opts, opts))
  }

  /**
   * Resets the current branch to a commit, or unstages paths.
   *
   * @throws {InvalidArgumentError} when there is no such mode.
   */
  async reset(path: string, opts: GitResetOpts = {}): Promise<CommandResult> {
    check('path', path, 'text')
    checkGit(opts)
    return traced(this.#native.reset(path, opts, opts))
  }

  /**
   * Restores files, or unstages them.
   *
   * @throws {InvalidArgumentError} without a path, and when neither is asked for.
   */
  async restore(path: string, opts: GitRestoreOpts): Promise<CommandResult> {
    check('path', path, 'text')
    checkGit(opts)
    const { paths = [] } = opts
    return traced(this.#native.restore(path, { ...opts, paths }, opts))
  }
}
