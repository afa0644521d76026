/** Connectors: files and databases that feed topics, and files and tables that topics feed. */
package io.wadi.extension.connectors;
