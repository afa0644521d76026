/**
 * Who may send what, and how much of it is taken at a time: decided on a request's head, before a byte of its body is read.
 *
 * <p>{@link io.wadi.ingest.admission.Admission} is the door. It may be called from any number of event loops: nothing behind it
 * blocks, reads a file or asks a server. What does is done by {@link io.wadi.ingest.admission.Reloads} on a thread of its own.
 */
package io.wadi.ingest.admission;
