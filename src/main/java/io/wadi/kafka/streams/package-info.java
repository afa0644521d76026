/** Kafka Streams: topologies that are started, stopped and monitored like routes. */
package io.wadi.kafka.streams;
