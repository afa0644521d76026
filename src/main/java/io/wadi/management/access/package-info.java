/** Authentication, authorization and limits of the management port. */
package io.wadi.management.access;
