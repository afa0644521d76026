/** {@code ./wadi soak}: a long run of the roles of production under load and faults, and its report. */
package io.wadi.local.soak;
