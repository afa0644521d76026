package io.wadi.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.internals.AbstractCoordinator;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;

/**
 * The only member of a consumer group, with a protocol that Kafka's consumers do not use, as Connect's workers have, or
 * with assignments that consumers cannot parse.
 */
public final class ForeignMember implements AutoCloseable {
    private final ConsumerNetworkClient network;
    private final Coordinator coordinator;

    private ForeignMember(ConsumerNetworkClient network, Coordinator coordinator) {
        this.network = network;
        this.coordinator = coordinator;
    }

    /**
     * Joins a group and returns when the member has its assignment.
     *
     * @param group the group's id
     * @param protocolType the protocol type, such as {@code connect}
     * @param assignment the bytes that the member is assigned
     */
    public static ForeignMember join(String group, String protocolType, byte[] assignment) {
        ConsumerConfig config = new ConsumerConfig(Map.of(
                "bootstrap.servers",
                TestServers.shared().ports().kafkaBrokers(),
                "client.id",
                "alien",
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class));
        LogContext log = new LogContext();
        Metrics metrics = new Metrics();
        Metadata metadata = new Metadata(100, 1000, 60_000, log, new ClusterResourceListeners());
        metadata.bootstrap(ClientUtils.parseAndValidateAddresses(
                config.getList("bootstrap.servers"), config.getString("client.dns.lookup")));
        ConsumerNetworkClient network = new ConsumerNetworkClient(
                log,
                ClientUtils.createNetworkClient(
                        config, metrics, "alien", log, new ApiVersions(), Time.SYSTEM, 100, metadata, null, null),
                metadata,
                Time.SYSTEM,
                100,
                30_000,
                Integer.MAX_VALUE);
        Coordinator coordinator = new Coordinator(group, protocolType, assignment, log, network, metrics);
        coordinator.ensureActiveGroup();
        return new ForeignMember(network, coordinator);
    }

    @Override
    public void close() {
        coordinator.close();
        try {
            network.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Coordinator extends AbstractCoordinator {
        private final String protocolType;
        private final byte[] assignment;

        Coordinator(
                String group,
                String protocolType,
                byte[] assignment,
                LogContext log,
                ConsumerNetworkClient network,
                Metrics metrics) {
            super(
                    new GroupRebalanceConfig(
                            (int) Duration.ofMinutes(1).toMillis(),
                            60_000,
                            3000,
                            group,
                            Optional.empty(),
                            null,
                            100,
                            1000),
                    log,
                    network,
                    metrics,
                    "alien",
                    Time.SYSTEM);
            this.protocolType = protocolType;
            this.assignment = assignment;
        }

        @Override
        protected String protocolType() {
            return protocolType;
        }

        @Override
        protected JoinGroupRequestProtocolCollection metadata() {
            return new JoinGroupRequestProtocolCollection(
                    List.of(new JoinGroupRequestProtocol().setName("own").setMetadata(assignment))
                            .iterator());
        }

        @Override
        protected boolean onJoinPrepare(Timer timer, int generation, String memberId) {
            return true;
        }

        @Override
        protected Map<String, ByteBuffer> onLeaderElected(
                String leader, String protocol, List<JoinGroupResponseMember> members, boolean skipAssignment) {
            return members.stream()
                    .collect(Collectors.toMap(JoinGroupResponseMember::memberId, each -> ByteBuffer.wrap(assignment)));
        }

        @Override
        protected void onJoinComplete(int generation, String memberId, String protocol, ByteBuffer assigned) {
            // the assignment has no effect
        }
    }
}
