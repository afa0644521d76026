/** Expressions in simple, JSONPath and jq, evaluated against one record; the types of its key and value. */
package io.wadi.streams.expression;
