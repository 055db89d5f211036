/** `metadata_props` key of a model with external data: the data file's SHA-256, so that a mixed pair is noticed. */
export const EXTERNAL_DATA_SHA256 = "smxc.external_data.sha256";
