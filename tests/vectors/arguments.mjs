// The arguments of vectors as the Node package takes them.

/** What stands before the options, in its order, where it is not as below. */
const POSITIONAL = {
  'files.rename': ['old_path', 'new_path'],
  'files.write_files': ['files'],
  'git.checkout_branch': ['path', 'branch'],
  'git.clone': ['url'],
  'git.commit': ['path', 'message'],
  'git.configure_user': ['name', 'email'],
  'git.create_branch': ['path', 'branch'],
  'git.delete_branch': ['path', 'branch'],
  'git.get_config': ['key'],
  'git.remote_add': ['path', 'name', 'url'],
  'git.remote_get': ['path', 'name'],
  'git.set_config': ['key', 'value'],
  remove_code_context: ['context'],
  restart_code_context: ['context'],
  run_code: ['code'],
  update_network: ['sandbox_id', 'network'],
  // Without a path, too.
  upload_url: ['path'],
}
const USUALLY = ['sandbox_id', 'pid', 'cmd', 'port', 'path', 'data', 'size']
/** What is in seconds here, and in milliseconds under another name there. */
export const DURATIONS = ['cap', 'extend_by', 'idle_timeout', 'request_timeout', 'timeout']
/** The arguments that are objects of options themselves. */
const OPTIONS = ['egress_proxy', 'lifecycle', 'network', 'on_timeout', 'query']
const TIMES = ['end', 'start']

/** Arguments as JavaScript has them: some by position, the rest as options. */
export function argumentsOf(call, given) {
  const isPositional = (name) => name in given || call === 'upload_url'
  const names = (POSITIONAL[call] ?? USUALLY).filter(isPositional)
  const options = optionsOf(Object.entries(given).filter(([name]) => !names.includes(name)))
  const values = names.map((name) => argument(name, given[name]))
  if (call === 'set_timeout') {
    values.push(options.timeoutMs)
    delete options.timeoutMs
  }
  if (call === 'pty.create') return [{ ...values.pop(), ...options }]
  return [...values, options]
}

/** Options as JavaScript has them, times in milliseconds. */
function optionsOf(entries) {
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (DURATIONS.includes(name)) {
        return [`${camelCase(name)}Ms`, typeof value === 'number' ? value * 1000 : value]
      }
      if (TIMES.includes(name)) return [name, new Date(value)]
      return [camelCase(name), argument(name, value)]
    }),
  )
}

function argument(name, value) {
  if (name === 'data') return content(value)
  if (name === 'files' && value.every(({ path }) => path)) {
    return value.map(({ path, data }) => ({ path, data: content(data) }))
  }
  const isOptions = OPTIONS.includes(name) && Object(value) === value
  return isOptions ? optionsOf(Object.entries(value)) : value
}

/** What is written: a text, a list of bytes, or texts that come one after the other. */
function content(data) {
  if (Array.isArray(data)) return new Uint8Array(data)
  if (data?.$chunks) return new Blob(data.$chunks).stream()
  return data
}

/** A name as JavaScript has it. */
export function camelCase(name) {
  return name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
}
