/** Lands every record of a topic in HDFS, in files that become visible only when complete. */
package io.wadi.landing;
