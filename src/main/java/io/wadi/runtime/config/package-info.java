/** Settings: declared once, read and checked at start. */
package io.wadi.runtime.config;
