/** The command line: one class for each operator command, and shared options. */
package io.wadi.cli;
