/**
 * {@code ./wadi up} and {@code ./wadi mirror}: Kafka, HDFS, Elasticsearch and the pipeline on this machine without
 * Docker. Tests use the same servers.
 */
package io.wadi.local;
