/** Topics: as they are declared, as Kafka has them, and what makes one the other; and how records are spread over partitions. */
package io.wadi.kafka.topics;
