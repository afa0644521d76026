/** Between the bytes of a record and its fields: formats, and changes to fields. */
package io.wadi.extension.connectors.convert;
