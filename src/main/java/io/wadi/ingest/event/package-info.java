/** The event model and strict JSON parsing that all event endpoints share. */
package io.wadi.ingest.event;
