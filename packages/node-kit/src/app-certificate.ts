import {
  CertificateFiles,
  developmentCertificate,
  type LoadedCertificate,
  type TlsCertificate,
} from "@rtmp/transport-node";

import type { AppValues } from "./app-options.ts";
import type { Log } from "./log.ts";

/** The certificate of an app. */
export interface AppCertificate {
  readonly certificate: TlsCertificate;
  /** Reads it anew no more. */
  close(): void;
}

/**
 * Opens the certificate that the flags name and logs it; undefined when they name none.
 *
 * Files are read anew on SIGHUP and when they change; what cannot be used is logged, and the certificate before it stays.
 *
 * @throws CertificateError when it cannot be used
 */
export function openCertificate(
  { tlsCert, tlsKey, tlsDev }: Pick<AppValues, "tlsCert" | "tlsKey" | "tlsDev">,
  log: Log,
): AppCertificate | undefined {
  if (tlsDev) {
    const certificate = developmentCertificate();
    logCertificate(log, certificate, "self-signed certificate made, for development only");
    return { certificate, close: () => {} };
  }
  if (tlsCert === undefined || tlsKey === undefined) return undefined;

  const files = new CertificateFiles({
    certFile: tlsCert,
    keyFile: tlsKey,
    onReload: (loaded) => logCertificate(log, loaded, "certificate read anew"),
    onError: ({ message: reason }) =>
      log.warn({ reason }, "new certificate cannot be used, the one before it stays"),
  });
  logCertificate(log, files.loaded, "certificate read");
  const onHangup = (): void => files.reload();
  process.on("SIGHUP", onHangup);
  return {
    certificate: files,
    close() {
      process.off("SIGHUP", onHangup);
      files.close();
    },
  };
}

function logCertificate(log: Log, loaded: LoadedCertificate, message: string): void {
  const { fingerprint, validTo, warning } = loaded;
  log.info({ fingerprint, validTo: validTo.toISOString() }, message);
  if (warning !== undefined) log.warn({ reason: warning }, "clients may refuse the certificate");
}
