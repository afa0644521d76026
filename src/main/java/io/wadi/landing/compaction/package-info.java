/** Compaction: small landed files of a partition are merged into larger ones, while landing and readers go on. */
package io.wadi.landing.compaction;
