/** Intake: events over HTTP into Kafka, each answered when Kafka has acknowledged it. */
package io.wadi.ingest;
