/** The event loops of the event endpoint: how their time is shared out among connections and requests. */
package io.wadi.ingest.eventloop;
