/** Clients of Elasticsearch. */
package io.wadi.indexing.client;
