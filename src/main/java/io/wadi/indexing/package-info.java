/** Indexing: every record one document in Elasticsearch, or one dead letter. */
package io.wadi.indexing;
