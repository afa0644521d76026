/** Merges small landed files of a partition into larger ones while landing and readers continue. */
package io.wadi.landing.compaction;
