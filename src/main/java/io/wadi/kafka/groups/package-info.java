/** Consumer groups by hand: who is in them, where they are, and where they are to go on. */
package io.wadi.kafka.groups;
