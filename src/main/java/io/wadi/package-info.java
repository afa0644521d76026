/** Wadi as a whole: the main class and where the parts are put together. */
package io.wadi;
