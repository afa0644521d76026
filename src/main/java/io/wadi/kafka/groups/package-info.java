/** Consumer groups: their members, committed offsets and offset resets. */
package io.wadi.kafka.groups;
