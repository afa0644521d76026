/** Source and sink connectors for files and databases. */
package io.wadi.extension.connectors;
