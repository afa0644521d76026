/** TLS of the event endpoint: its certificates, and the scheduling of handshakes. */
package io.wadi.ingest.tls;
