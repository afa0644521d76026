/** Sends documents in {@code _bulk} requests of adaptive size and classifies what Elasticsearch answers. */
package io.wadi.indexing.bulk;
