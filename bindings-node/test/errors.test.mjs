import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import * as sandspan from 'sandspan'

const require = createRequire(import.meta.url)
const { errorClasses } = require('../dist/errors.js')
const { listErrorCodes } = require('../native.js')

const PARENTS = {
  AuthenticationError: 'Error',
  CommandExitError: 'SandboxError',
  FileNotFoundError: 'NotFoundError',
  GitAuthError: 'AuthenticationError',
  GitUpstreamError: 'SandboxError',
  InvalidArgumentError: 'SandboxError',
  LocalRuntimeError: 'SandboxError',
  NotEnoughSpaceError: 'SandboxError',
  NotFoundError: 'SandboxError',
  PortClosedError: 'SandboxUnreachableError',
  RateLimitError: 'SandboxError',
  SandboxError: 'Error',
  SandboxExpiredError: 'SandboxNotRunningError',
  SandboxKilledError: 'SandboxNotRunningError',
  SandboxNotFoundError: 'NotFoundError',
  SandboxNotRunningError: 'TimeoutError',
  SandboxPausedError: 'SandboxNotRunningError',
  SandboxUnreachableError: 'TimeoutError',
  ServiceBusyError: 'Error',
  TemplateError: 'SandboxError',
  TimeoutError: 'SandboxError',
  UnsupportedError: 'SandboxError',
}

test('every kind of error of the core has a class', () => {
  assert.deepEqual([...Object.keys(errorClasses), 'COMMAND_EXIT'].sort(), listErrorCodes().sort())
})

test('every error class is listed here', () => {
  const exported = Object.keys(sandspan).filter((name) => name.endsWith('Error'))
  assert.deepEqual(exported.sort(), Object.keys(PARENTS))
})

const NO_SANDBOX_ERRORS = ['AuthenticationError', 'GitAuthError', 'ServiceBusyError']

for (const [name, parent] of Object.entries(PARENTS)) {
  test(`${name} is a ${parent} and carries its own name`, () => {
    const error = new sandspan[name](name === 'CommandExitError' ? { error: 'text' } : 'text')
    assert.ok(error instanceof (sandspan[parent] ?? Error))
    assert.equal(error instanceof sandspan.SandboxError, !NO_SANDBOX_ERRORS.includes(name))
    assert.equal(error.name, name)
    assert.equal(error.message, 'text')
    assert.match(error.stack, new RegExp(`^${name}: text\n`))
  })
}

test('an error has the stack of the code that waits', async () => {
  async function caller() {
    await sandspan.Sandbox.create({ timeoutMs: -1 })
  }
  const error = await caller().catch((error) => error)
  assert.match(error.stack, /at async caller /)
})
