/** How values are written, for more than one capability: JSON as Avro and back, and times as text. */
package io.wadi.format;
