/** Events as JSON: bodies are decoded, cut into events and checked while they come, in bounded memory. */
package io.wadi.ingest.json;
