/** Source and sink connectors for files, HDFS and databases. */
package io.wadi.extension.connectors;
