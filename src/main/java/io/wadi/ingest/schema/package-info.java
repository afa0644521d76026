/** JSON Schema: the validation of events, and the comparison of a changed schema with the earlier one. */
package io.wadi.ingest.schema;
