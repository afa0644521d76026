/** Documents made of records: id, index, event time and JSON. */
package io.wadi.indexing.document;
