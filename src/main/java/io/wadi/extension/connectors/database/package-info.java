/** Source and sink connectors for tables of a database. */
package io.wadi.extension.connectors.database;
