package io.wadi.indexing.client;

import java.time.Duration;
import java.util.List;

/**
 * Addresses and credentials of Elasticsearch.
 *
 * @param hosts {@code host:port}, optionally with {@code http://} or {@code https://}
 * @param user the user for basic authentication; empty for none
 * @param password the user's password
 * @param apiKey the API key in Elasticsearch's encoding; empty for none
 * @param caFile trusted certificate authorities as PEM; empty for the JDK's
 * @param answerWithin response timeout
 */
public record ElasticsearchOptions(
        List<String> hosts, String user, String password, String apiKey, String caFile, Duration answerWithin) {
    /** Rejects contradictory credentials. */
    public ElasticsearchOptions {
        if (!user.isEmpty() && !apiKey.isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.elasticsearch.user and wadi.elasticsearch.api-key are both set: expected only one");
        }
    }

    /** Omits the credentials. */
    @Override
    public String toString() {
        return "Elasticsearch" + hosts;
    }
}
