package io.wadi.ingest.auth;

import io.wadi.ingest.limits.Rate;

/**
 * The authenticated owner of a key or token, and its permissions.
 *
 * @param name the name of a key, or {@code token:} and the subject of a token
 * @param topics the topics that the owner may write to
 * @param rate the rate limit; null for the default rate
 * @param until the time of expiry in milliseconds since 1970
 */
public record Principal(String name, TopicPatterns topics, Rate rate, long until) {}
