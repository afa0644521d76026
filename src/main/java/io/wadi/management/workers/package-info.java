/** The worker threads of the management port, and the limits on the requests that use them. */
package io.wadi.management.workers;
