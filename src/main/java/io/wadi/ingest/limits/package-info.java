/** Limits of clients: rates, and shares of the memory and of the requests in flight. */
package io.wadi.ingest.limits;
