/** What Wadi's routing of server metrics is measured beside: topologies of Kafka Streams. */
package io.wadi.bench.streams;
