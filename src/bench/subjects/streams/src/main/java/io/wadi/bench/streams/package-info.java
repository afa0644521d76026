/** What Wadi's routing of server metrics and its files of topologies are measured beside: topologies of Kafka Streams in Java. */
package io.wadi.bench.streams;
