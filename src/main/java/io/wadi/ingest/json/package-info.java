/** Bodies of JSON events: decoding, splitting into events and validation as the body arrives, in bounded memory. */
package io.wadi.ingest.json;
