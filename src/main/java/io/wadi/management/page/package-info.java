/** The web page and its API on the management port. */
package io.wadi.management.page;
