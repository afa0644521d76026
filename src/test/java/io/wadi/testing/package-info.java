/**
 * The real servers that Wadi stands on, on this machine and without Docker: Kafka, HDFS and Elasticsearch, for
 * {@code ./wadi up} and for the tests.
 */
package io.wadi.testing;
