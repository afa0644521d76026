/** The server of the events port: what an HTTP request needs before its route takes it, and after. */
package io.wadi.ingest.http;
