import type { Notice } from '../notice.ts';

export const RECEIVER_NAMES = ['slack', 'alertmanager', 'pagerduty', 'webhook'] as const;
export type ReceiverName = (typeof RECEIVER_NAMES)[number];

export interface DeliveryOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal?: AbortSignal;
}

/** Somebody outside of GitHub who is told about incidents. */
export interface Receiver {
  readonly name: ReceiverName;
  /** Where it is, without anything secret: its host. */
  readonly destination: string;
  /** How long it keeps what nobody ends, in milliseconds; null: for ever. */
  readonly keeps: number | null;
  /**
   * Tells it. Telling the same twice does no harm, except with Slack, which cannot recognise a message.
   *
   * @throws {ReceiverError} when it did not take the notice, or may not have
   */
  deliver(notice: Notice, options: DeliveryOptions): Promise<void>;
}

/** A receiver that did not take a notice. The message names the host and quotes nothing secret. */
export class ReceiverError extends Error {
  override readonly name = 'ReceiverError';
  /** Trouble that passes by itself. */
  readonly transient: boolean;
  /** How long the receiver asks to wait, in milliseconds; null when it does not. */
  readonly retryAfter: number | null;

  constructor(message: string, transient: boolean, retryAfter: number | null = null) {
    super(message);
    this.transient = transient;
    this.retryAfter = retryAfter;
  }
}
