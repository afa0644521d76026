/** Flink as a subject of the landing benchmark. */
package io.wadi.bench.flink;
