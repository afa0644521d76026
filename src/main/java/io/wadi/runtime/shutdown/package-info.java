/** Stopping in order: which route stops after which, how long each may take, and what is said of it. */
package io.wadi.runtime.shutdown;
