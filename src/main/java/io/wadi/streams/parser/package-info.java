/** Parses the files of {@code streams/} and reports every mistake with its line. */
package io.wadi.streams.parser;
