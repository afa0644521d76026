/** The command line: one class for each operator command, and what they share. */
package io.wadi.cli;
