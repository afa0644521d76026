/**
 * Admission control: decides by a request's head whether to admit the request, before its body is read.
 *
 * <p>{@link io.wadi.ingest.admission.Admission} may be called from any number of event loops: it does not block, read
 * files or call servers.
 */
package io.wadi.ingest.admission;
