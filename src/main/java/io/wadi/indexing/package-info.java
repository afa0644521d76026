/** Indexes every record as one document in Elasticsearch, or one dead letter. */
package io.wadi.indexing;
