/**
 * The subjects of the landing benchmark: each writes a topic to HDFS in a JVM of its own, observed by the same probe.
 */
package io.wadi.bench.subject;
