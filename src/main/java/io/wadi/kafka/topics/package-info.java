/** Topics: their declarations, their state in Kafka, applying the declarations, and partitioning. */
package io.wadi.kafka.topics;
