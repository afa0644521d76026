/** What browsers need: which pages may send, the pixel, and {@code wadi.js}, a script for pages that do. */
package io.wadi.ingest.browser;
