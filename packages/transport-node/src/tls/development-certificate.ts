import { type LoadedCertificate, loadCertificate } from "./certificate.ts";
import { makeSelfSigned } from "./self-signed.ts";

const dayMs = 86_400_000;
const validDays = 365;

/**
 * Makes a certificate for this machine alone, to try TLS with: `localhost`, `127.0.0.1`, `::1`.
 *
 * It exists in memory only and is another one in each run; clients have to be told not to verify it.
 */
export function developmentCertificate(now: Date = new Date()): LoadedCertificate {
  const pair = makeSelfSigned({
    hosts: ["localhost", "127.0.0.1", "::1"],
    // A client's clock may be behind.
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + validDays * dayMs),
  });
  return loadCertificate(
    { ...pair, certName: "the certificate for development", keyName: "its key" },
    now,
  );
}
