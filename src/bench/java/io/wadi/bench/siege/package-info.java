/** The hostile clients of {@code ./wadi bench siege}, and the probe of the event loops that they attack. */
package io.wadi.bench.siege;
