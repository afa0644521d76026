/**
 * {@code ./wadi up} and {@code ./wadi mirror}: Kafka, HDFS and Elasticsearch on this machine without Docker, and the pipeline on
 * them. Tests use the same servers.
 */
package io.wadi.local;
