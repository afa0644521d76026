package io.wadi.ingest.admission;

/**
 * What a key or token that is genuine allows.
 *
 * @param name whose it is: a key's name, or {@code token:} and a token's subject
 * @param topics the topics it may write to
 * @param rate how much; null for as much as whoever has no rate of its own
 * @param until the end of it, in milliseconds since the epoch
 */
record Grant(String name, TopicPatterns topics, Rate rate, long until) implements Credentials.Found {}
