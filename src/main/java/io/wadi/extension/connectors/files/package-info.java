/** Source and sink connectors for files of lines. */
package io.wadi.extension.connectors.files;
