// Both module systems get the classes of the one CommonJS build, so `instanceof` holds across them.
export * from './index.js'
export { Sandbox as default } from './index.js'
