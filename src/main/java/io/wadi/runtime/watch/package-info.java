/** Values that are parsed from a file or a server and parsed again when it changes. */
package io.wadi.runtime.watch;
