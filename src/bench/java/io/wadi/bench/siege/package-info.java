/** The hostile clients of {@code ./wadi bench siege}, and the probe of the attacked event loops. */
package io.wadi.bench.siege;
