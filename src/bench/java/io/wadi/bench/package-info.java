/** Benchmarks in comparison with other programs: {@code ./wadi bench NAME}. */
package io.wadi.bench;
