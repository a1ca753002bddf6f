export const USAGE_TOPIC = "inferledger.usage";
export const GPU_TOPIC = "inferledger.gpu";
export const DEAD_LETTER_TOPIC = "inferledger.dead-letter";

export const OWN_TOPICS = [USAGE_TOPIC, GPU_TOPIC, DEAD_LETTER_TOPIC] as const;

/** Header names of our own records. `receipt`: JSON of a Receipt; `tenant`: whose lines these are. */
export const RECEIPT_HEADER = "receipt";
export const TENANT_HEADER = "tenant";
/** On dead letters: why, and where the record came from (topic/partition/offset). */
export const REASON_HEADER = "reason";
export const ORIGIN_HEADER = "origin";
