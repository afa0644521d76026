/** Conversions of values that several components share: JSON to Avro and back, decimals and times. */
package io.wadi.format;
