// Leads the connections of a program to the recorder, whatever host they are meant for: one of the
// packages has no option for a proxy. What is sent over them stays as it is.
import net from 'node:net'

const port = Number(process.env.RECORDER_PORT)
const connect = net.Socket.prototype.connect

net.Socket.prototype.connect = function (...given) {
  const [options] = Array.isArray(given[0]) ? given[0] : given
  // Not those of the program to itself.
  if (options?.port && options.host) {
    // The host is also what the certificate is checked against.
    options.lookup = (_host, { all }, done) =>
      all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
    options.port = port
  }
  return connect.apply(this, given)
}
