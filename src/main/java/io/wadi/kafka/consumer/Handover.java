package io.wadi.kafka.consumer;

import io.wadi.kafka.RecordBatch;

/** How a {@link FlowConsumer} hands the records of a poll to its route. */
public enum Handover {
    /** One exchange a record, the body being its value. */
    RECORDS,
    /** One exchange for all records a partition has in the poll, the body being a {@link RecordBatch}. */
    RUNS
}
