package io.wadi.ingest.auth;

import io.wadi.ingest.limits.Rate;

/**
 * What a key or token that is genuine allows.
 *
 * @param name whose it is: a key's name, or {@code token:} and a token's subject
 * @param topics the topics it may write to
 * @param rate how much; null for as much as whoever has no rate of its own
 * @param until the end of it, in milliseconds since the epoch
 */
public record Principal(String name, TopicPatterns topics, Rate rate, long until) {}
