/** Health checks: probes of servers, debounced states, and checks that report the last known state without blocking. */
package io.wadi.runtime.health;
