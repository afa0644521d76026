/** Topologies as data: the files of {@code streams/}, read, checked and made into topologies of Kafka Streams. */
package io.wadi.streams;
