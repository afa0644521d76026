package io.wadi.indexing.client;

import java.time.Duration;
import java.util.List;

/**
 * Where Elasticsearch is, and who asks.
 *
 * @param hosts {@code host:port}, or with {@code http://} or {@code https://} before it
 * @param user of basic authentication; empty for none
 * @param password of the user
 * @param apiKey as Elasticsearch encodes it; empty for none
 * @param caFile certificates of the authority that Elasticsearch's is checked with, as PEM; empty for the JDK's
 * @param answerWithin how long an answer may take
 */
public record ElasticsearchOptions(
        List<String> hosts, String user, String password, String apiKey, String caFile, Duration answerWithin) {
    /** Says what cannot be together. */
    public ElasticsearchOptions {
        if (!user.isEmpty() && !apiKey.isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.elasticsearch.user and wadi.elasticsearch.api-key are both set:" + " allowed is one of them");
        }
        if (user.isEmpty() != password.isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.elasticsearch.user and wadi.elasticsearch.password: one is set, allowed are both or none");
        }
    }

    /** Says nothing of secrets. */
    @Override
    public String toString() {
        return "Elasticsearch" + hosts;
    }
}
