import { readFileSync, unwatchFile, watchFile } from "node:fs";
import type { SecureContext } from "node:tls";

import { type Cancel, type Clock, systemClock } from "@rtmp/wire";

import {
  CertificateError,
  type LoadedCertificate,
  loadCertificate,
  type TlsCertificate,
} from "./certificate.ts";

const watchIntervalMs = 2_000;
// Certificate and key are two files, which are seldom written at the same moment.
const settleMs = 1_000;

/** Where a certificate is, and who is told of its changes. */
export interface CertificateFilesOptions {
  /** Path of the certificate in PEM, with those that lead to one that clients know behind it. */
  readonly certFile: string;
  /** Path of its private key in PEM, without a passphrase. */
  readonly keyFile: string;
  /** Called when new files are in use. */
  readonly onReload?: (certificate: LoadedCertificate) => void;
  /** Called when new files cannot be used; those before them stay in use. */
  readonly onError?: (error: CertificateError) => void;
  /** Measures how long to wait for the second file. @default the platform's */
  readonly clock?: Clock;
}

/**
 * A certificate out of two files, read anew when they change.
 *
 * Open connections keep what they began with. The files are looked at every two seconds, so that links that are changed
 * and file systems of containers count as well.
 */
export class CertificateFiles implements TlsCertificate {
  readonly #options: CertificateFilesOptions;
  readonly #clock: Clock;
  #loaded: LoadedCertificate;
  #cancelReload: Cancel | undefined;

  /** @throws CertificateError when the files cannot be used */
  constructor(options: CertificateFilesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#loaded = this.#read();
    const watch = { interval: watchIntervalMs, persistent: false };
    watchFile(options.certFile, watch, this.#onChange);
    watchFile(options.keyFile, watch, this.#onChange);
  }

  /** What is in use. */
  get loaded(): LoadedCertificate {
    return this.#loaded;
  }

  get secureContext(): SecureContext {
    return this.#loaded.secureContext;
  }

  /** Reads the files now. */
  reload(): void {
    this.#cancelReload?.();
    this.#cancelReload = undefined;
    try {
      this.#loaded = this.#read();
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      this.#options.onError?.(error);
      return;
    }
    this.#options.onReload?.(this.#loaded);
  }

  /** Looks at the files no more. */
  close(): void {
    this.#cancelReload?.();
    this.#cancelReload = undefined;
    unwatchFile(this.#options.certFile, this.#onChange);
    unwatchFile(this.#options.keyFile, this.#onChange);
  }

  readonly #onChange = (): void => {
    this.#cancelReload?.();
    this.#cancelReload = this.#clock.schedule(settleMs, () => this.reload());
  };

  #read(): LoadedCertificate {
    const { certFile, keyFile } = this.#options;
    const pair = {
      cert: readPem(certFile),
      key: readPem(keyFile),
      certName: certFile,
      keyName: keyFile,
    };
    return loadCertificate(pair, new Date());
  }
}

function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const reason = code === "ENOENT" ? "there is no such file" : code;
    throw new CertificateError(`cannot read ${file}: ${reason}`, { cause });
  }
}
