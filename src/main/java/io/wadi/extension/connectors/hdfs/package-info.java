/** A source connector for files that other programs write to an HDFS directory, read through camel-hdfs. */
package io.wadi.extension.connectors.hdfs;
