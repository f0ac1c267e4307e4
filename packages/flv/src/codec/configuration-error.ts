import { FlvError } from "../errors.ts";

/** Makes the error for a record or a frame header that holds what its specification forbids. */
export function invalidConfiguration(what: string, offset: number): FlvError {
  return new FlvError("RTMP_ERR_FLV_INVALID_CONFIGURATION", what, { offset });
}

/** Makes the error for a record of a version that is not known. */
export function unknownVersion(record: string, version: number, offset: number): FlvError {
  return new FlvError(
    "RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION",
    `version ${version} of ${record} is not known`,
    { offset },
  );
}
