/** The HTTP request of a route's exchange, and the formats of its response. */
package io.wadi.ingest.request;
