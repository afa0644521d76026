/** Topics with Avro records: their schemas from a schema registry, and the encoding of events. */
package io.wadi.ingest.registry;
