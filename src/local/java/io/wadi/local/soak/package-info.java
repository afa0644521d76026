/** {@code ./wadi soak}: a long run of the production shape's roles under load and faults, and its report. */
package io.wadi.local.soak;
