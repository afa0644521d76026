/** The runtime of the pipeline. It finds and binds the features at the start. */
package io.wadi.runtime;
