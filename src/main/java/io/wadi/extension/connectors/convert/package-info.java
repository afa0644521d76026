/** Formats of records and transformations of their fields. */
package io.wadi.extension.connectors.convert;
