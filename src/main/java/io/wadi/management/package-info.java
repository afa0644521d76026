/** What listens on the management port, and what features provide for it. */
package io.wadi.management;
