// The arguments of vectors as the published packages take them.

/** What stands before the options, in its order, where it is not as below. */
const POSITIONAL = {
  'Sandbox.create': ['template'],
  'CodeInterpreter.create': ['template'],
  'Sandbox.list_snapshots': [],
  'Secret.create': ['name', 'value'],
  'Secret.update': ['secret', 'value'],
  'Volume.create': ['name'],
  'Volume.update_quota': ['volume_id'],
  'files.rename': ['old_path', 'new_path'],
  'files.watch_dir': ['path', 'on_event'],
  'files.write_files': ['files'],
  mount_volume: ['name', 'path'],
  run_code: ['code'],
  set_timeout: ['sandbox_id', 'timeout'],
  update_network: ['sandbox_id', 'network'],
}
const USUALLY = [
  'sandbox_id',
  'snapshot_id',
  'volume_id',
  'secret',
  'pid',
  'cmd',
  'code',
  'context',
  'port',
  'path',
  'data',
  'size',
]
/** What is in seconds here, and in milliseconds under another name there. */
const DURATIONS = ['request_timeout', 'timeout']
/** The arguments that are objects of options themselves. */
const OPTIONS = ['build', 'egress_proxy', 'lifecycle', 'network', 'on_timeout', 'query', 'size']
const TIMES = ['end', 'start', 'started_after']
/** What is written otherwise than its words say. */
const SPELLED = {
  quota_size_gib: 'quotaSizeGiB',
  memory_mb: 'memoryMB',
  memory_mib: 'memoryMiB',
}
/** What must be called back. */
const CALLBACKS = {
  'files.watch_dir': 'on_event',
  'pty.connect': 'on_data',
  'pty.create': 'on_data',
}

/** A package has no such operation, or not with such arguments. */
export class Missing extends Error {}

/** Arguments as JavaScript has them: some by position, the rest as options. */
export function argumentsOf(on, call, given, isE2b) {
  if (CALLBACKS[call]) given = { ...given, [CALLBACKS[call]]: () => {} }
  if (on === 'Secret' && !isE2b) return secretArguments(call, given)
  if (on === 'Secret' && given.hosts) throw new Missing(call)
  const order = POSITIONAL[`${on}.${call}`] ?? POSITIONAL[call] ?? USUALLY
  const names = order.filter((name) => name in given)
  const options = optionsOf(Object.entries(given).filter(([name]) => !names.includes(name)))
  const values = names.map((name) => argument(name, given[name]))
  if (call === 'pty.send_input') return [given.pid, new Uint8Array(given.data)]
  if (call === 'pty.create') return [{ ...values.pop(), ...options }]
  // Times are in the options of `getEvents` by these names, as numbers.
  if (call === 'get_events') return [eventOptions(given)]
  return Object.keys(options).length > 0 ? [...values, options] : values
}

/** Novita's secrets: everything in one object, or a name alone. */
function secretArguments(call, given) {
  if (call === 'create' || call === 'update') {
    if (!given.name || !given.hosts) throw new Missing(call)
    return [given]
  }
  return Object.values(given)
}

function eventOptions({ sandbox_id, template_id, ...rest }) {
  return { sandboxID: sandbox_id, templateID: template_id, ...optionsOf(Object.entries(rest)) }
}

/** Options as JavaScript has them, times in milliseconds. */
function optionsOf(entries) {
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (DURATIONS.includes(name)) return [`${camelCase(name)}Ms`, value * 1000]
      if (TIMES.includes(name)) return [name === 'started_after' ? 'startedAfter' : name, new Date(value)]
      return [SPELLED[name] ?? camelCase(name), argument(name, value)]
    }),
  )
}

function argument(name, value) {
  if (name === 'timeout') return value * 1000
  if (name === 'data') return content(value)
  if (name === 'files') return value.map(({ path, data }) => ({ path, data: content(data) }))
  const isOptions = OPTIONS.includes(name) && Object(value) === value
  return isOptions ? optionsOf(Object.entries(value)) : value
}

/** What is written: a text, a list of bytes, or texts that come one after the other. */
function content(data) {
  if (Array.isArray(data)) return new Uint8Array(data).buffer
  if (data?.$chunks) return new Blob(data.$chunks).stream()
  return data
}

/** A name as JavaScript has it. */
export function camelCase(name) {
  return name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
}
