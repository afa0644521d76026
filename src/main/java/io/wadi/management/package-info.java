/** The management port, and the interfaces that features implement for it. */
package io.wadi.management;
