/** A file of {@code streams/} as data: sources, steps, tables, aggregations, windows and sinks. */
package io.wadi.streams.definition;
