/** Rebuilds an index from landed files and Kafka behind an alias. */
package io.wadi.indexing.rebuild;
