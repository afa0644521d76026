/** Formats that several components share: JSON to Avro and back, decimals, times, Parquet files, byte searches. */
package io.wadi.format;
