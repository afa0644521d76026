/** Orderly shutdown: the order of the routes, their timeouts, and the report. */
package io.wadi.runtime.shutdown;
