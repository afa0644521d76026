package io.wadi.ingest.auth;

import io.wadi.ingest.limits.Rate;

/**
 * The authenticated owner of a key or token, and its permissions.
 *
 * @param name a key's name, or {@code token:} and a token's subject
 * @param topics the topics that it may write to
 * @param rate null for the default rate
 * @param until expiry in milliseconds since the epoch
 */
public record Principal(String name, TopicPatterns topics, Rate rate, long until) {}
