/** Topics: declarations, the state in Kafka, applying one to the other; and how records are partitioned. */
package io.wadi.kafka.topics;
