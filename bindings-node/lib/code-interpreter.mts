// Both module systems get the classes of the one CommonJS build, so `instanceof` holds across them.
export * from './code-interpreter.js'
export { Sandbox as default } from './code-interpreter.js'
