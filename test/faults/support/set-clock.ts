/** What the parent process sends to set this process's time of day. */
export interface ClockMessage {
  /** Milliseconds that it is ahead of the real time. */
  readonly clockOffset: number;
}

/** Sets the time of day whenever the parent says so. Timers and the monotonic clock go on as before, as on a real machine. */
export function followClock(): void {
  const RealDate = globalThis.Date;
  let offset = 0;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values: readonly unknown[], newTarget) =>
      Reflect.construct(target, values.length === 0 ? [RealDate.now() + offset] : values, newTarget) as Date,
    get: (target, name, receiver): unknown =>
      name === 'now' ? () => RealDate.now() + offset : Reflect.get(target, name, receiver),
  });
  process.on('message', (message) => {
    if (typeof message === 'object' && message !== null && 'clockOffset' in message)
      offset = (message as ClockMessage).clockOffset;
  });
  // Listening alone would keep the process alive.
  process.channel?.unref();
}
