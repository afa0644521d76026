/** Topics in Avro: their schemas as a schema registry has them, and events encoded by them. */
package io.wadi.ingest.registry;
