/** Who may see and do what at the management port. */
package io.wadi.management.access;
