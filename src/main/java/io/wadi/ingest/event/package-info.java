/** What every way of taking events has in common: the event, and why it is not taken. */
package io.wadi.ingest.event;
