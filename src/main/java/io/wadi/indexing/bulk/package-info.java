/** Sends documents in {@code _bulk} requests of adaptive size and classifies the responses. */
package io.wadi.indexing.bulk;
