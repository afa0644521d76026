/** Benchmarks beside peers: {@code ./wadi bench NAME}. */
package io.wadi.bench;
