/** Support for tests: servers of a test run, clients that read Wadi's output, processes to kill, injected faults. */
package io.wadi.testing;
