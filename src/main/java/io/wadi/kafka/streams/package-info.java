/** Kafka Streams: topologies that are started, stopped, watched and reported like routes. */
package io.wadi.kafka.streams;
