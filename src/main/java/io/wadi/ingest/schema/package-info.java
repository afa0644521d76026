/** JSON Schema: what an event must be to be taken, and what a changed schema no longer takes. */
package io.wadi.ingest.schema;
