/**
 * Admission control: decides on a request's head whether to admit the request, before its body is read.
 *
 * <p>{@link io.wadi.ingest.admission.Admission} may be called from any number of event loops: nothing in it blocks, reads a file or
 * calls a server.
 */
package io.wadi.ingest.admission;
