/** The file system that landing writes to, and how HDFS is reached. */
package io.wadi.hdfs;
