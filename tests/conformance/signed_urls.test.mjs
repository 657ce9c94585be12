// Signed URLs, made by the published clients for JavaScript and used by plain requests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withEach } from './clients.mjs'

const octets = { 'Content-Type': 'application/octet-stream' }

async function assertRefused(message, url, options) {
  const answer = await fetch(url, options)
  assert.equal(answer.status, 401)
  assert.equal(await answer.text(), `{"code":401,"message":"${message}"}\n`)
}

/** A URL with another value in its query, or without it. */
function changed(url, name, value) {
  const other = new URL(url)
  if (value === undefined) other.searchParams.delete(name)
  else other.searchParams.set(name, value)
  return other
}

withEach((client, shared) => {
  const soon = { useSignatureExpiration: 60_000 }
  const late = { useSignatureExpiration: -5_000 }

  test('a download', async () => {
    const { sandbox } = shared
    await sandbox.files.write('a b+ü.txt', 'content')
    for (const options of [{}, soon, { user: 'user' }]) {
      const answer = await fetch(await sandbox.downloadUrl('a b+ü.txt', options))
      assert.equal(answer.status, 200)
      assert.equal(await answer.text(), 'content')
    }
  })

  test('an upload', async () => {
    const { sandbox } = shared
    const url = await sandbox.uploadUrl('octets', soon)
    const answer = await fetch(url, { method: 'POST', body: 'content', headers: octets })
    assert.equal(answer.status, 200)
    const written = [{ name: 'octets', path: '/home/user/octets', type: 'file' }]
    assert.deepEqual(await answer.json(), written)
    const body = new FormData()
    body.append('file', new Blob(['from a form']), 'form')
    assert.equal((await fetch(await sandbox.uploadUrl(), { method: 'POST', body })).status, 200)
    assert.equal(await sandbox.files.read('octets'), 'content')
    assert.equal(await sandbox.files.read('form'), 'from a form')
  })

  test('what is late, forged or not there', async () => {
    const { sandbox } = shared
    await sandbox.files.write('file', 'content')
    // So long that it is still being sent when it is refused.
    const upload = { method: 'POST', body: 'no'.repeat(200_000), headers: octets }
    await assertRefused('signature is already expired', await sandbox.downloadUrl('file', late))
    await assertRefused('signature is already expired', await sandbox.uploadUrl('file', late), upload)
    const url = await sandbox.downloadUrl('file', soon)
    for (const [name, value] of [
      ['path', '/etc/passwd'],
      ['username', 'root'],
      ['signature', 'x'],
      ['signature_expiration', '9999999999'],
      ['signature_expiration', undefined],
    ]) {
      await assertRefused('invalid signature', changed(url, name, value))
    }
    await assertRefused('invalid signature', url, upload)
    await assertRefused('missing signature query parameter', changed(url, 'signature'))
    assert.equal(await sandbox.files.read('file'), 'content')
  })
})
