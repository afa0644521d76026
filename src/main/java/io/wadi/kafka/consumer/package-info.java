/** The Kafka consumer of every route: delivery and completion of records, offset commits, retries and rebalances. */
package io.wadi.kafka.consumer;
