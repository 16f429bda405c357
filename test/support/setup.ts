// No test talks to the outside: a connection to anything but a loopback address fails.
import net from 'node:net';

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|::1|\[::1\])$/;
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the socket below
const connect = net.Socket.prototype.connect as (...args: unknown[]) => net.Socket;

function hostOf(args: unknown[]): unknown {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  if (typeof first === 'object' && first !== null) {
    const options = first as { host?: unknown; path?: unknown };
    return options.path === undefined ? options.host : 'localhost';
  }
  return typeof second === 'string' ? second : 'localhost';
}

net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  const host = hostOf(args) ?? 'localhost';
  const name = typeof host === 'string' ? host : 'an unknown host';
  if (LOOPBACK.test(name)) return connect.apply(this, args);
  queueMicrotask(() => this.destroy(new Error(`a test tried to reach ${name}`)));
  return this;
};
