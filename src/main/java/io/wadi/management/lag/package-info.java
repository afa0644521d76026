/** Consumer lag and status of all consumer groups of the cluster, with Burrow's HTTP API. */
package io.wadi.management.lag;
