/** The HTTP request of an exchange, and the formats of its response. */
package io.wadi.ingest.request;
