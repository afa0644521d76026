/** Formats that several components share: JSON to Avro and back, decimals, times, and Parquet files. */
package io.wadi.format;
