/** Support for browsers: the CORS policy and the tracking pixel. */
package io.wadi.ingest.browser;
