/** Tables: topics written to them, and their rows read into topics. */
package io.wadi.extension.connectors.database;
