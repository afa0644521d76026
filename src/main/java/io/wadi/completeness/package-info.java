/** Until when the records of a topic are complete at its targets. */
package io.wadi.completeness;
