/** Evaluates watermarks: the times until which topics are complete at their targets. */
package io.wadi.completeness;
