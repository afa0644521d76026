/** Limits of clients: rates, and shares of memory and of requests in flight. */
package io.wadi.ingest.limits;
