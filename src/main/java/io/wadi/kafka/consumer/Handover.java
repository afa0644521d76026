package io.wadi.kafka.consumer;

import io.wadi.kafka.RecordBatch;

/** The form in which a {@link FlowConsumer} delivers the records of a poll. */
public enum Handover {
    /** One exchange for each record, with the value as the body. */
    RECORDS,
    /** One exchange for all records of a partition in the poll, with a {@link RecordBatch} as the body. */
    BATCHES
}
