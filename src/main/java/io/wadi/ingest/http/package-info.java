/** The HTTP server of the event port: connections, limits, and the dispatch of requests to routes. */
package io.wadi.ingest.http;
