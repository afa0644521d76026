/** The event loops of the event endpoint, and the scheduling of their connections and requests. */
package io.wadi.ingest.eventloop;
