/** HDFS: connection, authentication, timeouts and the file operations of landing. */
package io.wadi.hdfs;
