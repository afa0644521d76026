/** The HTTP request as the steps of a route see it, and the forms of its response. */
package io.wadi.ingest.request;
