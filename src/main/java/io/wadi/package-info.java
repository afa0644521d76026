/** The main classes. */
package io.wadi;
