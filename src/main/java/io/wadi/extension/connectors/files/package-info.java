/** Files of lines: read into topics, and written of topics. */
package io.wadi.extension.connectors.files;
