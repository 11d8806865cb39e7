import type { ClockSetting } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { LogLevel } from '../base/log.ts';
import type { Standing, Step } from '../base/standing.ts';
import type { EmulatorSettings } from './emulator.ts';
import type { Address } from './listen.ts';

/** What an emulator process is started with: plain data only. */
export interface EmulatorProcessOptions extends EmulatorSettings {
  readonly clock?: Partial<ClockSetting>;
  /** Least level written to stderr; `warn` when not set. */
  readonly logLevel?: LogLevel;
}

/** Parent to emulator process. The end of the channel means `stop` too. */
export type EmulatorOrder =
  | { readonly type: 'start'; readonly options: EmulatorProcessOptions }
  /** Simulated time goes by steps from now on; answered by `standing`. */
  | { readonly type: 'step'; readonly step: Step }
  | { readonly type: 'stop' };

/** Where something is served over TLS, and whose certificate to trust there. */
export interface SecureAddress extends Address {
  readonly caPem: string;
}

/** Emulator process to parent: `ready` or `failed`, once, in answer to `start`. */
export type EmulatorReport =
  | {
      readonly type: 'ready';
      readonly http: Address;
      readonly mqtt: Address;
      readonly mqtts?: SecureAddress;
      readonly https?: SecureAddress;
      readonly data?: Address;
    }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string;
    }
  | { readonly type: 'standing'; readonly standing: Standing };
