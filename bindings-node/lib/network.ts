import type { NetworkOptions, NetworkUpdate, SandboxNetworkRule } from '../native.js'
import { check, checkFields, wrong } from './check'

/** All addresses there are. */
export const ALL_TRAFFIC = '0.0.0.0/0'

/** What is done to requests, by host. */
export type SandboxNetworkRules =
  | Record<string, SandboxNetworkRule[]>
  | Map<string, SandboxNetworkRule[]>

/** What a function that selects addresses gets. */
export interface SandboxNetworkSelectorContext {
  /** All addresses there are: `0.0.0.0/0`. */
  allTraffic: string
  /** The rules that are given beside it, by host. */
  rules: Map<string, SandboxNetworkRule[]>
}

/** Addresses, ranges and host names, or a function that gives them. */
export type SandboxNetworkSelector =
  | string[]
  | ((context: SandboxNetworkSelectorContext) => string[])

/** A SOCKS5 proxy. */
export interface SandboxEgressProxyOpts {
  /** Its address, such as `proxy.example.com:1080`. */
  address: string
  /** The user name that it wants. */
  username?: string
  /** The password that it wants. */
  password?: string
}

/** What both a new network and an update of one say. */
export interface SandboxEgressOpts {
  /** What a sandbox may reach in spite of `denyOut`. */
  allowOut?: SandboxNetworkSelector
  /** What it may not reach. */
  denyOut?: SandboxNetworkSelector
  /** What is done to requests to some hosts, where the service can do that. */
  rules?: SandboxNetworkRules
  /** A proxy that it reaches everything through, where the service can do that. */
  egressProxy?: SandboxEgressProxyOpts
}

/** What a sandbox may reach, and what may reach its ports. */
export interface SandboxNetworkOpts extends SandboxEgressOpts {
  /** Whether its ports answer without its traffic token. Default: true. */
  allowPublicTraffic?: boolean
  /** The host name that its servers see, in which `${PORT}` stands for the port. */
  maskRequestHost?: string
  /** Ports whose servers speak HTTPS, where the service can do that. */
  httpsPorts?: number[]
  /** The name servers that it asks, where the service can do that. */
  dnsServers?: string[]
}

/** What a sandbox may reach from now on. What is not mentioned is as if never asked for. */
export interface SandboxNetworkUpdate extends SandboxEgressOpts {
  /** Whether it may reach the internet. False is as a `denyOut` of all traffic. */
  allowInternetAccess?: boolean
}

const EGRESS = {
  allowOut: 'selector',
  denyOut: 'selector',
  egressProxy: 'object',
  rules: 'objectOrMap',
} as const

/**
 * The network of a new sandbox, its functions called.
 *
 * @throws {InvalidArgumentError} that names what is wrong.
 */
export function newNetwork(network: SandboxNetworkOpts): NetworkOptions {
  const rest = {
    allowPublicTraffic: 'flag',
    dnsServers: 'texts',
    httpsPorts: 'counts',
    maskRequestHost: 'text',
  } as const
  checkFields(network, { ...EGRESS, ...rest }, 'network.')
  return { ...network, ...egress(network) }
}

/**
 * An update of a sandbox's network, its functions called.
 *
 * @throws {InvalidArgumentError} that names what is wrong.
 */
export function networkUpdate(network: SandboxNetworkUpdate): NetworkUpdate {
  check('network', network, 'object')
  checkFields(network, { ...EGRESS, allowInternetAccess: 'flag' }, 'network.')
  return { ...network, ...egress(network) }
}

function egress({ allowOut, denyOut, rules: given, egressProxy }: SandboxEgressOpts) {
  const rules = given instanceof Map ? given : new Map(Object.entries(given ?? {}))
  for (const [host, list] of rules) checkRules(host, list)
  return {
    allowOut: selected('allowOut', allowOut, rules),
    denyOut: selected('denyOut', denyOut, rules),
    rules: given && Object.fromEntries(rules),
    egressProxy,
  }
}

function selected(
  name: string,
  selector: SandboxNetworkSelector | undefined,
  rules: Map<string, SandboxNetworkRule[]>,
): string[] | undefined {
  if (typeof selector !== 'function') return selector
  const addresses = selector({ allTraffic: ALL_TRAFFIC, rules })
  check(`the result of network.${name}`, addresses, 'texts')
  return addresses
}

function checkRules(host: string, rules: SandboxNetworkRule[]): void {
  const place = `network.rules of '${host}'`
  check(place, rules, 'list')
  for (const rule of rules) {
    check(`${place}: each`, rule, 'object')
    const { transform } = rule
    if (typeof transform === 'function') {
      throw wrong(`${place}: a transform must be an object; functions are not supported`)
    }
    if (transform !== undefined) check(`${place}: a transform`, transform, 'object')
  }
}
