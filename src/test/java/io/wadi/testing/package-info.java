/** Support for tests: the servers of a test run, clients that read what Wadi has written, processes to kill, and faults to inject. */
package io.wadi.testing;
