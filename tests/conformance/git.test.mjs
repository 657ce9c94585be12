// The git helper of the published clients for JavaScript, unmodified, with no network.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withEach, withSandbox } from './clients.mjs'

const [name, email] = ['Ada', 'ada@example.org']
const home = '/home/user'

withEach((client) => {
  test('a repository', () =>
    withSandbox(client, {}, async ({ git, files }) => {
      const work = `${home}/work`
      await git.configureUser(name, email)
      assert.equal(await git.getConfig('user.email'), email)
      await git.init(work, { initialBranch: 'main' })
      await files.write('work/file', 'one\n')
      const { currentBranch, isClean, untrackedCount } = await git.status(work)
      assert.deepEqual([currentBranch, isClean, untrackedCount], ['main', false, 1])
      await git.add(work)
      assert.match((await git.commit(work, 'first')).stdout, /1 file changed/)
      await git.createBranch(work, 'other')
      const branches = await git.branches(work)
      assert.deepEqual([branches.branches.sort(), branches.currentBranch], [['main', 'other'], 'other'])
      await git.checkoutBranch(work, 'main')
      await git.deleteBranch(work, 'other')
      await assert.rejects(git.checkoutBranch(work, 'missing'), client.CommandExitError)
    }))

  test('a remote repository', () =>
    withSandbox(client, {}, async ({ git, files }) => {
      const [bare, one, two] = ['bare', 'one', 'two'].map((name) => `${home}/${name}`)
      await git.configureUser(name, email)
      await git.init(bare, { bare: true, initialBranch: 'main' })
      await git.clone(bare, { path: one })
      assert.equal(await git.remoteGet(one, 'origin'), bare)
      await files.write('one/file', 'one\n')
      await git.add(one, { files: ['file'] })
      await git.commit(one, 'first', { authorName: 'Bea', authorEmail: 'bea@example.org' })
      await git.push(one, { remote: 'origin', branch: 'main' })
      await git.clone(bare, { path: two, branch: 'main', depth: 1 })
      await files.write('one/file', 'two\n')
      await git.add(one)
      await git.commit(one, 'second')
      await git.push(one)
      await git.pull(two)
      assert.equal(await files.read('two/file'), 'two\n')
    }))
})
