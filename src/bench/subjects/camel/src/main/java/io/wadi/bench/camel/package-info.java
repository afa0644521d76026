/** Camel's own main, as the lower limit for a start of Wadi. */
package io.wadi.bench.camel;
