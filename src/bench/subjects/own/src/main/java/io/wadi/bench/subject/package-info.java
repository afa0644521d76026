/** What the landing benchmark measures: each subject lands a topic in a JVM of its own, seen by the same probe. */
package io.wadi.bench.subject;
