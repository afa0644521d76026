/** The runtime of the pipeline, which finds and binds the features at the start. */
package io.wadi.runtime;
