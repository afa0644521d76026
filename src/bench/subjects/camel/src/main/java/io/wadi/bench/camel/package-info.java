/** Camel's own main, the least that a start of Wadi can take. */
package io.wadi.bench.camel;
