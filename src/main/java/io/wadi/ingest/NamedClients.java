package io.wadi.ingest;

import io.wadi.ingest.auth.ApiKeys;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.security.JwtVerifier;
import java.util.ArrayList;
import java.util.List;

/**
 * The clients that {@code ingest.keys} of {@code topics.yaml} names.
 *
 * @param keysFile the file of the keys; empty if no keys are configured
 * @param hasTokens whether tokens are configured
 */
record NamedClients(Topics topics, String keysFile, boolean hasTokens) {
    /**
     * Returns a message for each name that is not the name of a key with this topic, and for each token if none are
     * configured.
     */
    List<String> unknown(ApiKeys keys) {
        List<String> messages = new ArrayList<>();
        for (Topic topic : topics.all()) {
            if (topic.ingest() != null) {
                for (String name : topic.ingest().keys()) {
                    String problem = problem(name, topic.name(), keys);
                    if (!problem.isEmpty()) {
                        messages.add("topics.yaml: %s: ingest.keys names %s, which permits no client: %s"
                                .formatted(topic.name(), name, problem));
                    }
                }
            }
        }
        return messages;
    }

    private String problem(String name, String topic, ApiKeys keys) {
        if (name.equals(Topic.Ingest.ANYONE) || keys.permits(name, topic)) {
            return "";
        }
        if (keys.names().contains(name)) {
            return "the topics of this key in %s do not include %s".formatted(keysFile, topic);
        }
        if (name.startsWith(JwtVerifier.CALLER)) {
            return hasTokens ? "" : "no tokens are configured; set " + IngestSettings.JWT_JWKS.name();
        }
        return keysFile.isEmpty()
                ? "no keys are configured; set " + IngestSettings.KEYS_FILE.name()
                : "%s has no key of this name%s".formatted(keysFile, NearestName.question(name, keys.names()));
    }
}
