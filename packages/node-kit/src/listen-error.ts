const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is in use",
  EACCES: "permission denied; ports below 1024 may need privileges",
  EADDRNOTAVAIL: "the address is not one of this machine",
  ENOTFOUND: "the host name was not found",
  EAI_AGAIN: "the host name could not be looked up now",
};

/**
 * Says in one sentence why a listener could not be opened.
 *
 * @returns undefined when the error does not come from opening a listener
 */
export function describeListenError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;

  const fields = new Map<string, unknown>(Object.entries(error));
  const syscall = fields.get("syscall");
  if (syscall !== "listen" && syscall !== "getaddrinfo") return undefined;

  const reason = reasons[String(fields.get("code"))] ?? error.message;
  const host = String(fields.get("address") ?? fields.get("hostname"));
  const port = fields.get("port");
  const bracketed = host.includes(":") ? `[${host}]` : host;
  const where = typeof port === "number" ? `${bracketed}:${port}` : bracketed;
  return `cannot listen on ${where}: ${reason}`;
}
