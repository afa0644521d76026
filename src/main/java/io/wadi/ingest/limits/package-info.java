/** What a client may hold and send: rates, shares of the memory and requests in flight, and the plan of that memory. */
package io.wadi.ingest.limits;
