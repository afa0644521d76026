/**
 * Admission control: decides on a request's head, before a byte of its body is read, whether it is admitted.
 *
 * <p>{@link io.wadi.ingest.admission.Admission} may be called from any number of event loops: nothing in it blocks, reads a file or
 * calls a server.
 */
package io.wadi.ingest.admission;
