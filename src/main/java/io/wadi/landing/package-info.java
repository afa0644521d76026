/** Landing: every record of a topic in HDFS, in files that become visible whole. */
package io.wadi.landing;
