package io.wadi.kafka;

/** The form in which a consumer of routes delivers the records of a poll. */
public enum Handover {
    /** One exchange for each record, with the value as the body. */
    RECORDS,
    /** One exchange for all records of a partition in the poll, with a {@link RecordBatch} as the body. */
    BATCHES
}
