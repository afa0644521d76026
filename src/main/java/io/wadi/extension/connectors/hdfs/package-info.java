/** A source connector for files that others write to a directory of HDFS, read through camel-hdfs. */
package io.wadi.extension.connectors.hdfs;
