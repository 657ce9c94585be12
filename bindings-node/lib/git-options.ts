import { check, checkFields, type Kinds } from './check'
import type {
  GitAddOpts,
  GitCommitOpts,
  GitDeleteBranchOpts,
  GitInitOpts,
  GitResetOpts,
  GitRestoreOpts,
} from './git'
import type {
  GitCloneOpts,
  GitConfigOpts,
  GitDangerouslyAuthenticateOpts,
  GitPullOpts,
  GitPushOpts,
  GitRemoteAddOpts,
} from './git-remotes'

type Options = GitAddOpts &
  GitCloneOpts &
  GitCommitOpts &
  GitConfigOpts &
  GitDangerouslyAuthenticateOpts &
  GitDeleteBranchOpts &
  GitInitOpts &
  GitPullOpts &
  GitPushOpts &
  GitRemoteAddOpts &
  GitResetOpts &
  GitRestoreOpts

const OPTIONS: Kinds<Options> = {
  all: 'flag',
  allowEmpty: 'flag',
  authorEmail: 'text',
  authorName: 'text',
  bare: 'flag',
  branch: 'text',
  cwd: 'text',
  dangerouslyStoreCredentials: 'flag',
  depth: 'count',
  envs: 'textsByName',
  fetch: 'flag',
  files: 'texts',
  force: 'flag',
  host: 'text',
  initialBranch: 'text',
  mode: 'text',
  overwrite: 'flag',
  password: 'text',
  path: 'text',
  paths: 'texts',
  protocol: 'text',
  remote: 'text',
  requestTimeoutMs: 'milliseconds',
  scope: 'text',
  setUpstream: 'flag',
  source: 'text',
  staged: 'flag',
  target: 'text',
  timeoutMs: 'milliseconds',
  user: 'text',
  username: 'text',
  worktree: 'flag',
}

/**
 * Checks the options of an operation of Git. What is undefined counts as not given.
 *
 * @throws {InvalidArgumentError} that names the option and the value.
 */
export function checkGit(options: object): void {
  check('options', options, 'object')
  checkFields(options, OPTIONS, '')
}
