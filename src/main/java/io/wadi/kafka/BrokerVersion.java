package io.wadi.kafka;

import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * A version of Kafka's brokers, compared by the feature {@code metadata.version}: the maximum that a broker supports
 * depends on its software only, while a cluster may use a lower one after an upgrade.
 *
 * @param name the version, for messages
 * @param level the maximum level of the feature that brokers of this version support
 */
public record BrokerVersion(String name, int level) {
    /** The oldest supported version; its level is 3.9-IV0. */
    public static final BrokerVersion OLDEST = new BrokerVersion("3.9", 21);

    private static final String FEATURE = "metadata.version";

    /**
     * Describes why a broker is rejected; empty if it has at least this version, or does not have the feature: brokers
     * before 3.3, and other servers with Kafka's protocol.
     *
     * @throws KafkaException if Kafka does not respond within the client's timeout
     */
    public Optional<String> refusal(Admin admin) throws InterruptedException {
        try {
            SupportedVersionRange supported = AdminRequests.get(
                            admin.describeFeatures().featureMetadata())
                    .supportedFeatures()
                    .get(FEATURE);
            return supported == null ? Optional.empty() : refusal(supported.maxVersion());
        } catch (UnsupportedVersionException e) {
            return Optional.of(expected(e.getMessage()));
        }
    }

    /** Describes why a broker with this maximum level is rejected; empty if it is not. */
    Optional<String> refusal(int found) {
        return found >= level
                ? Optional.empty()
                : Optional.of(expected("%s up to %d, expected %d or higher".formatted(FEATURE, found, level)));
    }

    private String expected(String reason) {
        return "Kafka is older than %s (%s): upgrade its brokers".formatted(name, reason);
    }
}
